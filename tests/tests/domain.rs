// SPDX-License-Identifier: Apache-2.0
//! What several officers must agree to, and what leaves the country: by command line, on the chain
//! and on the pages.

mod common;

mod e2e {
    use super::common::{self, retire, text, Cast, FIRST};
    use anyhow::{ensure, Context, Result};
    use registry_client::{state::State, Call, ClientError, Registry};
    use registry_primitives::{
        credit::{Beneficiary, Deductions, Part, RetirementDetails, RetirementPurpose},
        organisation::OrganisationDetails,
        project::{Article6Terms, FirstTransfer, Purpose},
        sector::SectoralScopes,
        CountryCode, MemberRole, OrganisationRole, SectoralScope, GOVERNMENT,
    };
    use registry_testbed::{compare::Site, demo_data::hash_of, officer, Officer, Stack};
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// The command line: its exit code, and the JSON that it printed, a value a line.
    fn registry(stack: &Stack, line: &str) -> Result<(i32, Vec<Value>)> {
        let node = stack.node_url();
        let mut arguments = vec!["--node", &node, "--json"];
        // Words between “ and ” are one.
        for (index, piece) in line.split(['“', '”']).enumerate() {
            match index % 2 {
                0 => arguments.extend(piece.split_whitespace()),
                _ => arguments.push(piece),
            }
        }
        let (code, output) = stack.run("registry", &arguments)?;
        println!("registry {line}\n{output}");
        let values = output.lines().filter(|line| line.starts_with('{'));
        Ok((code, values.map(serde_json::from_str).collect::<Result<_, _>>()?))
    }

    /// The last value of a command that must succeed.
    fn done(stack: &Stack, line: &str) -> Result<Value> {
        let (code, values) = registry(stack, line)?;
        ensure!(code == 0, "exit code {code}: {line}");
        values.into_iter().next_back().with_context(|| format!("{line} printed nothing"))
    }

    /// The code of the error of a command that must fail.
    fn refused(stack: &Stack, line: &str) -> Result<String> {
        let (code, values) = registry(stack, line)?;
        ensure!(code == 1, "exit code {code}: {line}");
        let last = values.last().with_context(|| format!("{line} printed nothing"))?;
        Ok(last["reason"]["code"].as_str().context("a code")?.to_owned())
    }

    fn code<T>(result: Result<T, ClientError>) -> String {
        match result {
            Err(ClientError::Refused(refused)) => refused.code,
            Err(other) => other.to_string(),
            Ok(_) => "it was done".to_owned(),
        }
    }

    /// By a connection of its own: what another program did may not have come to the test's yet.
    async fn state(stack: &Stack) -> Result<State> {
        Ok(State::read(&stack.registry().await?.at_finalised().await?).await?)
    }

    async fn sound(stack: &mut Stack) -> Result<()> {
        stack.wait_for_indexer().await?;
        let (database, node) = (stack.database_url(), stack.node_url());
        let (code, output) =
            stack.run("registry-indexer", &["check", "--database", &database, "--node", &node])?;
        ensure!(code == 0, "registry-indexer check: {output}");
        let (code, output) = stack.run("registry", &["--node", &node, "audit"])?;
        ensure!(code == 0, "registry audit: {output}");
        Ok(())
    }

    #[tokio::test]
    async fn approvals() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let chain = stack.registry().await?;
        let cast = Cast::enter(&chain).await?;
        let project = cast.issue(&chain, "Counted by two", 1_000).await?;
        let (deputy, third) = (Officer::new("//Deputy")?, Officer::new("//Third")?);
        let admin = |officer: &Officer| {
            let (account, role) = (officer.account(), MemberRole::Admin);
            let call = Call::AddMember { organisation: GOVERNMENT, account, role };
            (cast.root.clone(), call)
        };
        officer::all(&chain, vec![admin(&deputy), admin(&third)]).await?;

        // Two must agree to ask for two.
        let threshold = "settings threshold --class cancel --officers 2";
        let found = refused(&stack, &format!("{threshold} --key //Alice"))?;
        ensure!(found == "Approvals.ApprovalsNeeded", "{found}");
        let proposed = done(&stack, &format!("{threshold} --key //Alice --propose"))?;
        ensure!(proposed["status"] == "proposed" && proposed["proposal"] == 1, "{proposed}");
        let found = refused(&stack, "proposal approve 1 --key //Alice")?;
        ensure!(found == "Approvals.AlreadyApproved", "{found}");
        let executed = done(&stack, "proposal approve 1 --key //Deputy")?;
        ensure!(executed["status"] == "executed", "{executed}");
        ensure!(state(&stack).await?.thresholds.get("cancel") == Some(&2), "it is not set");

        // From now on nobody cancels alone.
        let cancel = format!(
            "credits cancel --part 1:100 --reason excess_issuance --project {project} --period 1 \
             --statement “Counted twice.”"
        );
        let found = refused(&stack, &format!("{cancel} --key //Alice"))?;
        ensure!(found == "Credits.ApprovalsNeeded", "{found}");
        let before = state(&stack).await?;
        let proposed = done(&stack, &format!("{cancel} --key //Deputy --propose"))?;
        ensure!(proposed["proposal"] == 2, "{proposed}");
        let found = refused(&stack, "proposal approve 2 --key //First")?;
        ensure!(found == "Approvals.NotPermitted", "{found}");
        let credits = |state: &State| (state.blocks.clone(), state.national);
        let after = state(&stack).await?;
        ensure!(credits(&after) == credits(&before), "a proposal changes no credits");

        // Who may no longer do it does not count: Third's is the first approval of two again.
        let (account, role) = (deputy.account(), MemberRole::ViewOnly);
        cast.does(&chain, &cast.root, Call::ChangeMemberRole { account, role }).await?;
        let approved = done(&stack, "proposal approve 2 --key //Third")?;
        ensure!(approved["status"] == "proposed", "{approved}");
        ensure!(state(&stack).await?.cancellations.is_empty(), "one officer has cancelled");
        let shown = done(&stack, "show proposals")?;
        let proposal = &shown["proposals"][0];
        ensure!(proposal["id"] == 2 && proposal["required"] == 2, "{shown}");
        let approvals = proposal["proposal"]["approvals"].as_array().context("approvals")?;
        ensure!(approvals.len() == 1 && approvals[0] == third.account().to_string(), "{shown}");
        let executed = done(&stack, "proposal approve 2 --key //Alice")?;
        ensure!(executed["status"] == "executed", "{executed}");
        let after = state(&stack).await?;
        ensure!(after.national.cancelled == 100, "{:?}", after.national);

        // A call that two agreed to and that fails is said to have failed, and changes nothing.
        let too_much = cancel.replace("1:100", "1:5000");
        let proposed = done(&stack, &format!("{too_much} --key //Alice --propose"))?;
        ensure!(proposed["proposal"] == 3, "{proposed}");
        let found = refused(&stack, "proposal approve 3 --key //Third")?;
        ensure!(found == "Credits.NotEnoughInBlock", "{found}");
        ensure!(state(&stack).await?.cancellations == after.cancellations, "it was cancelled");
        // One is taken back by whoever made it, and by nobody else.
        done(&stack, &format!("{cancel} --key //Alice --propose"))?;
        let found = refused(&stack, "proposal withdraw 4 --key //Third")?;
        ensure!(found == "Approvals.NotTheProposer", "{found}");
        done(&stack, "proposal withdraw 4 --key //Alice")?;
        let shown = done(&stack, "show proposals")?;
        ensure!(shown["proposals"] == serde_json::json!([]), "{shown}");

        ministry(&stack, &chain, &cast).await?;
        sound(&mut stack).await
    }

    /// The officers of a suspended ministry can neither propose nor approve.
    async fn ministry(stack: &Stack, chain: &Registry, cast: &Cast) -> Result<()> {
        let (one, two) = (Officer::new("//Energy//One")?, Officer::new("//Energy//Two")?);
        let mut scopes = SectoralScopes::new();
        scopes.try_insert(SectoralScope::EnergyIndustries).ok().context("a scope")?;
        let details = OrganisationDetails {
            name: text("Ministry of Energy"),
            tax_id: text("TAX ministry"),
            country: CountryCode(*b"VU"),
            sectoral_scopes: scopes,
            profile: hash_of("ministry"),
        };
        let (role, first_admin) = (OrganisationRole::Ministry, one.account());
        let call = Call::CreateOrganisation { role, details, first_admin };
        cast.does(chain, &cast.root, call).await?;
        let found = state(stack).await?;
        let (id, _) = found.organisations.last_key_value().context("organisations")?;
        let (id, account, role) = (*id, two.account(), MemberRole::Admin);
        let call = Call::AddMember { organisation: id, account, role };
        cast.does(chain, &one, call).await?;

        let issue = "settings threshold --class issue --officers 2 --key //Alice --propose";
        let proposal = done(stack, issue)?["proposal"].clone();
        done(stack, &format!("proposal approve {proposal} --key //Third"))?;
        let propose = "credits issue --project 1 --period 1 --key //Energy//One --propose";
        let proposal = done(stack, propose)?["proposal"].clone();
        let found = refused(stack, &format!("proposal approve {proposal} --key //Alice"))?;
        ensure!(found == "Approvals.OtherOrganisation", "{found}");
        let reason = "Its mandate has ended.".to_owned();
        cast.does(chain, &cast.root, Call::SuspendOrganisation { id, reason }).await?;
        let found = refused(stack, &format!("proposal approve {proposal} --key //Energy//Two"))?;
        ensure!(found == "Admission.OrganisationSuspended", "{found}");
        Ok(())
    }

    fn terms() -> Result<Article6Terms> {
        let purposes: BTreeSet<_> = [Purpose::Ndc].into();
        let parties: BTreeSet<_> = [CountryCode(*b"CH")].into();
        Ok(Article6Terms {
            purposes: purposes.try_into().ok().context("one purpose")?,
            parties: parties.try_into().ok().context("one Party")?,
            cooperative_approach: Some(1),
            valid: (2021, 2030),
            first_transfer: FirstTransfer::Authorisation,
        })
    }

    #[tokio::test]
    async fn international() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let chain = stack.registry().await?;
        let cast = Cast::enter(&chain).await?;
        let project = cast.issue(&chain, "Sun for export", 1_000).await?;
        let site = Site { root: stack.portal_url() };

        let ask = "credits request-retirement --part 1:101 --country CH --entity “Alpine Carbon” \
                   --towards ndc --beneficiary “Swiss Confederation” --beneficiary-country CH \
                   --key //First";
        let found = refused(&stack, ask)?;
        ensure!(found == "Credits.NotAuthorised", "{found}");
        let change = Call::ChangeTerms { project, article6: Some(terms()?) };
        let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        let calls = vec![
            (cast.root.clone(), change),
            (cast.root.clone(), Call::SetDeductions { deductions }),
        ];
        officer::all(&chain, calls).await?;
        for (wrong, expected) in [
            (ask.replace("--country CH", "--country SE"), "Credits.NotAuthorised"),
            (ask.replace("--country CH", "--country VU"), "Credits.OwnCountry"),
            (ask.replace("ndc", "oimp_op"), "Credits.NotAuthorised"),
            // One tonne for each deduction, and nothing left.
            (ask.replace("1:101", "1:2"), "Credits.NothingLeft"),
        ] {
            let found = refused(&stack, &wrong)?;
            ensure!(found == expected, "{wrong}: {found}");
        }

        // Asked for: reserved, and not to be moved.
        done(&stack, ask)?;
        let asked = state(&stack).await?;
        ensure!(asked.national.reserved == 101 && asked.national.held == 899);
        let shown = done(&stack, &format!("show requests {FIRST}"))?;
        let request = &shown["retirements"][0];
        ensure!(request["quantity"] == 101 && request["number"] == 1, "{shown}");
        let moved = chain.execute(&cast.first.key, &retire(900, 1)).await;
        ensure!(code(moved) == "Credits.NotHeld");
        let found = refused(&stack, "credits recognise-retirement 1 --key //First")?;
        ensure!(found == "Credits.NotPermitted", "{found}");
        let found = refused(&stack, "credits recognise-retirement 2 --key //Alice")?;
        ensure!(found == "Credits.UnknownRequest", "{found}");

        // A second one is refused, and held again; a third is taken back.
        done(&stack, ask)?;
        done(&stack, "credits refuse-retirement 2 --reason “Not yet.” --key //Alice")?;
        done(&stack, ask)?;
        done(&stack, "credits cancel-retirement-request 3 --key //First")?;
        let answered = state(&stack).await?;
        ensure!(answered.national.reserved == 101 && answered.national.held == 899);

        // 5 % of 101 t are 6, 2 % are 3: each rounded up.
        done(&stack, "credits recognise-retirement 1 --key //Alice")?;
        let recognised = state(&stack).await?;
        let accounts = &recognised.accounts;
        ensure!(
            (accounts.domestic, accounts.international) == (0, 92)
                && (accounts.share_of_proceeds, accounts.overall_mitigation) == (6, 3),
            "{accounts:?}"
        );
        let national = &recognised.national;
        ensure!(national.retired == 92 && national.cancelled == 9 && national.reserved == 0);
        ensure!(national.first_transferred >= 92, "{national:?}");
        let found = refused(&stack, "credits recognise-retirement 1 --key //Alice")?;
        ensure!(found == "Credits.UnknownRequest", "{found}");

        // The certificate and the accounts, for everybody.
        stack.wait_for_indexer().await?;
        let certificate = site.text("/retirements/1").await?;
        for shown in ["Swiss Confederation", "Alpine Carbon", "92"] {
            ensure!(certificate.contains(shown), "the certificate lacks {shown}: {certificate}");
        }
        let totals = site.json("/api/v1/totals").await?;
        for (account, expected) in [
            ("domestic", 0),
            ("international", 92),
            ("share_of_proceeds", 6),
            ("overall_mitigation", 3),
        ] {
            ensure!(totals["accounts"][account] == expected, "{totals}");
        }
        let settings = done(&stack, "show settings")?;
        ensure!(settings["accounts"]["international"] == 92, "{settings}");
        ensure!(settings["deductions"]["share_of_proceeds"] == 50_000, "{settings}");

        // What is not used abroad stays for use at home, by its owner or the state.
        let details = RetirementDetails {
            purpose: RetirementPurpose::NdcUse { year: 2030 },
            beneficiary: Beneficiary {
                name: text("Republic of Vanuatu"),
                country: CountryCode(*b"VU"),
            },
            on_behalf_of: None,
            reason: None,
            reference: None,
        };
        let parts = vec![Part { start: 1, quantity: 10 }];
        cast.does(&chain, &cast.root, Call::RetireForTheState { parts, details }).await?;
        ensure!(state(&stack).await?.accounts.domestic == 10);
        sound(&mut stack).await
    }
}
