// SPDX-License-Identifier: Apache-2.0
//! What each command does.

use crate::{
    bridge, chain_spec,
    cli::{Cli, Sealing, Subcommand},
    service,
};
use sc_cli::SubstrateCli;
use sc_service::{ChainType, PartialComponents};

/// What can be named.
const CHAINS: &str = "--chain dev, --chain local, or --chain FILE with a specification";

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Carbon Registry Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        "The carbon registry authors".into()
    }

    fn support_url() -> String {
        "See SECURITY.md and CONTRIBUTING.md of the project".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
        Ok(match id {
            "dev" => Box::new(chain_spec::development()?),
            "local" => Box::new(chain_spec::local()?),
            "local-fresh" => Box::new(chain_spec::local_fresh()?),
            "" => return Err(format!("name a chain: {CHAINS}")),
            path if !std::path::Path::new(path).exists() => {
                return Err(format!("there is no chain or file {path:?}; name one: {CHAINS}"))
            }
            path => {
                Box::new(chain_spec::ChainSpec::from_json_file(path.into()).map_err(|error| {
                    format!("{path} is no chain specification that can be used: {error}")
                })?)
            }
        })
    }
}

pub fn run() -> sc_cli::Result<()> {
    let cli = Cli::from_args();
    match &cli.subcommand {
        None => {
            let runner = cli.create_runner(&cli.run)?;
            let (sealing, permissioned) = (cli.sealing, cli.permissioned);
            let access = cli.itmo_access.as_deref().map(bridge::read).transpose();
            let access = access.map_err(sc_cli::Error::Input)?;
            runner.run_node_until_exit(|config| async move {
                let development = config.chain_spec.chain_type() == ChainType::Development;
                if sealing == Sealing::Instant && !development {
                    return Err(sc_cli::Error::Input(
                        "--sealing instant works on development chains only".into(),
                    ));
                }
                service::run(config, sealing, permissioned, access.as_ref())
                    .map_err(sc_cli::Error::Service)
            })
        }
        Some(Subcommand::Key(command)) => command.run(&cli),
        Some(Subcommand::ExportChainSpec(command)) => {
            let spec = cli.load_spec(&command.chain)?;
            command.run(spec)
        }
        Some(Subcommand::CheckBlock(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents { client, task_manager, import_queue, .. } =
                service::partial(&config, Sealing::Aura)?;
            Ok((command.run(client, import_queue), task_manager))
        }),
        Some(Subcommand::ExportBlocks(command)) => {
            cli.create_runner(command)?.async_run(|config| {
                let PartialComponents { client, task_manager, .. } =
                    service::partial(&config, Sealing::Aura)?;
                Ok((command.run(client, config.database), task_manager))
            })
        }
        Some(Subcommand::ExportState(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents { client, task_manager, .. } =
                service::partial(&config, Sealing::Aura)?;
            Ok((command.run(client, config.chain_spec), task_manager))
        }),
        Some(Subcommand::ImportBlocks(command)) => {
            cli.create_runner(command)?.async_run(|config| {
                let PartialComponents { client, task_manager, import_queue, .. } =
                    service::partial(&config, Sealing::Aura)?;
                Ok((command.run(client, import_queue), task_manager))
            })
        }
        Some(Subcommand::PurgeChain(command)) => {
            cli.create_runner(command)?.sync_run(|config| command.run(config.database))
        }
        Some(Subcommand::Revert(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents { client, task_manager, backend, .. } =
                service::partial(&config, Sealing::Aura)?;
            let revert_finality = Box::new(|client, _, blocks| {
                sc_consensus_grandpa::revert(client, blocks)?;
                Ok(())
            });
            Ok((command.run(client, backend, Some(revert_finality)), task_manager))
        }),
        Some(Subcommand::ChainInfo(command)) => {
            let runner = cli.create_runner(command)?;
            runner.sync_run(|config| command.run::<registry_runtime::opaque::Block>(&config))
        }
    }
}
