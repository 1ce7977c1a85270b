mod common;
use anyhow::Result;
use registry_client::state::State;
use registry_testbed::{compare, demo_data, Options, Stack};

#[tokio::test]
async fn scratch() -> Result<()> {
    let folder = common::folder()?;
    let mut options = Options::instant(folder.path());
    options.instant = std::env::var_os("INSTANT").is_some();
    let mut stack = Stack::prepare(options)?;
    stack.start_postgres()?;
    stack.start_nodes()?;
    stack.wait_for_node().await?;
    stack.start_indexer()?;
    let registry = stack.registry().await?;
    let start = std::time::Instant::now();
    let made = demo_data::load(&registry, |what| println!("{:?} {what}", start.elapsed())).await;
    println!("{:?} done", start.elapsed());
    let made = made?;
    for line in &made.lines {
        println!("{line}");
    }
    stack.wait_for_indexer().await?;
    let at = registry.at_finalised().await?;
    let state = State::read(&at).await?;
    let mut report = compare::Report::default();
    compare::data(&stack, &at, &state, &made.calls, &mut report).await?;
    println!("{report}");
    let node = stack.node_url();
    for line in [
        "audit", "show totals", "show block 1", "show holdings 4", "show project 3",
        "show organisation 9", "show requests 4", "show proposals", "show settings",
        "show constants", "show may 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        "show may 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --project 3",
        "show may 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --block 1",
        "estimate biochar --weight 10t", "show serial 9000",
        "estimate solar_water_pump_on_grid --energy 1MWh/year/unit --constants 1",
        "estimate solar_water_pump_on_grid --energy 1MWh/year/unit",
    ] {
        let mut arguments = vec!["--node", &node];
        arguments.extend(line.split(' '));
        let (code, text) = stack.run("registry", &arguments)?;
        println!("$ registry {line}   [{code}]\n{text}");
    }
    Ok(())
}
