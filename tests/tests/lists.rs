// SPDX-License-Identifier: Apache-2.0
//! Every list of the API, in every order and by every filter, over data of every kind: each row is
//! told exactly once, where it belongs, and nothing that anybody writes into a question changes that.
//! Which lists there are and what can be asked of them is read from the API's own description.

mod common;
mod questions;

mod e2e {
    use super::{
        common,
        questions::{hostile, query, Api},
    };
    use anyhow::{ensure, Context, Result};
    use registry_testbed::{bridge, demo_data, Options, Stack};
    use serde_json::Value;

    /// Lists for machines alone.
    const WITHOUT_PAGE: [&str; 1] = ["/regions"];

    #[tokio::test]
    async fn every_list_is_sorted_filtered_and_read_in_parts() -> Result<()> {
        let folder = common::folder()?;
        // The bridge takes blocks that nobody asks for.
        let options = Options { instant: false, ..Options::instant(folder.path()) };
        let mut stack = Stack::prepare(options)?;
        let platform = bridge::prepare(&mut stack, folder.path(), 1).await?;
        stack = stack.begin().await?;
        let registry = stack.registry().await?;
        demo_data::load(&registry, |_| {}).await?;
        demo_data::bridge::load(&registry, &platform, 1).await?;
        stack.wait_for_indexer().await?;
        let api = Api::read(&stack.portal_url()).await?;
        let lists = api.lists();
        ensure!(lists.len() >= 15, "only {} lists", lists.len());
        for list in &lists {
            let all = api.all(list, "").await?;
            ensure!(!all.is_empty(), "{list} is empty");
            let walks = sorted(&api, list, &all).await?;
            let filters = filtered(&api, list, &all).await?;
            files(&api, list).await?;
            pages(&api, list).await?;
            let refused = hostile::questions(&api, list).await?;
            ensure!(api.all(list, "").await? == all, "{list} has changed");
            println!(
                "{list}: {} rows, {walks} walks, {filters} filters, {refused} hostile values",
                all.len()
            );
        }
        let drawn = charts(&api).await?;
        println!("charts: {drawn} numbers");
        pictures(&api).await?;
        belonging(&api).await
    }

    /// Groups of a chart of what has no order.
    const DRAWN: usize = 12;

    /// What a chart draws and tells in its table is what the list answers, in its order: that of time
    /// where there is one, and otherwise from the largest.
    async fn charts(api: &Api) -> Result<usize> {
        let mut compared = 0;
        for (list, largest, ordered, others) in [
            (
                "credits/flows",
                "issued",
                &["day", "month", "vintage"][..],
                &["sector", "purpose", "country"][..],
            ),
            (
                "credits/stock",
                "total",
                &["vintage"],
                &["sector", "scope", "region", "organisation", "project"],
            ),
            ("projects/flows", "registered", &["month"], &["type"]),
            ("projects/stock", "projects", &[], &["sector", "type", "region"]),
        ] {
            let ordered = ordered.iter().map(|by| (by, "limit=200".to_owned()));
            let others = others.iter().map(|by| (by, format!("sort=-{largest}&limit={DRAWN}")));
            for (by, as_drawn) in ordered.chain(others) {
                let path = format!("/statistics/{list}?by={by}");
                let (headings, mut drawn) = drawn(api, &path).await?;
                let rows = api.json(&format!("/api/v1{path}&{as_drawn}")).await?;
                let rows = rows["items"].as_array().context("items")?;
                let told = rows.iter().map(|row| {
                    let numbers = headings.iter().map(|heading| {
                        let column = heading.to_lowercase().replace(' ', "_");
                        row[&column].as_i64().with_context(|| format!("{path}: {column}"))
                    });
                    numbers.collect::<Result<Vec<i64>>>()
                });
                let mut told = told.collect::<Result<Vec<_>>>()?;
                for rows in [&mut drawn, &mut told] {
                    // Spans in which nothing happened are drawn, and not told; groups of which something
                    // else is counted are told, and not drawn.
                    rows.retain(|numbers| numbers.iter().any(|number| *number != 0));
                }
                ensure!(drawn == told, "{path} draws {drawn:?}, and not {told:?}");
                compared += drawn.len() * headings.len();
            }
        }
        ensure!(compared > 50, "only {compared} numbers are drawn");
        Ok(compared)
    }

    /// The headings of the table of a page's chart, and its rows of numbers.
    async fn drawn(api: &Api, path: &str) -> Result<(Vec<String>, Vec<Vec<i64>>)> {
        let (status, _, page) = api.answer(path).await?;
        ensure!(status == 200, "{path} answered {status}");
        let figure = page.split("<figure class=\"chart\"").nth(1);
        let table = figure.and_then(|it| it.split("<table>").nth(1));
        let table = table.and_then(|it| it.split("</table>").next()).context("a table")?;
        let parts = |text: &str, from: &str, to: &str| -> Vec<String> {
            let parts = text.split(from).skip(1).filter_map(|it| it.split(to).next());
            parts.filter_map(|it| it.split_once('>')).map(|it| it.1.to_owned()).collect()
        };
        let headings = parts(table, "<th scope=\"col\"", "</th>");
        let headings: Vec<String> = headings.into_iter().skip(1).collect();
        ensure!(!headings.is_empty(), "{path}: {table}");
        let mut rows = Vec::new();
        for row in table.split("<tr>").skip(2) {
            let cells = parts(row, "<td", "</td>");
            ensure!(cells.len() == headings.len(), "{path}: {row}");
            let number = |cell: &String| cell.replace(',', "").parse::<i64>().context(cell.clone());
            rows.push(cells.iter().map(number).collect::<Result<Vec<_>>>()?);
        }
        Ok((headings, rows))
    }

    /// Charts and map as files, and in pages of other sites, which may show nothing else.
    async fn pictures(api: &Api) -> Result<()> {
        let flows = "/statistics/credits/flows";
        for path in
            [format!("{flows}{{}}?by=month"), format!("{flows}{{}}"), "/projects/map{}".into()]
        {
            for (ending, kind, begins) in
                [("svg", "image/svg+xml", "<svg"), ("png", "image/png", "")]
            {
                let path = path.replace("{}", &format!(".{ending}"));
                let (status, found, text) = api.answer(&path).await?;
                ensure!(status == 200 && found == kind, "{path} answered {status} {found}");
                ensure!(text.starts_with(begins) && text.len() > 1_000, "{path}: {text}");
            }
        }
        for (page, of) in [
            ("/embed/statistics/credits/flows?by=month", "<svg"),
            ("/embed/statistics/balance", "<svg"),
            ("/ar/embed/statistics/credits/stock?by=sector", "dir=\"rtl\""),
            ("/embed/projects/map", "Natural Earth"),
        ] {
            let headers = api.headers(page).await?;
            let policy = headers["content-security-policy"].to_str()?;
            ensure!(policy.contains("frame-ancestors *"), "{page}: {policy}");
            ensure!(!headers.contains_key("x-frame-options"), "{page} cannot be framed");
            ensure!(!headers.contains_key("set-cookie"), "{page} sets a cookie");
            let (_, _, text) = api.answer(page).await?;
            ensure!(text.contains(of) && !text.contains("<script"), "{page}: {text}");
        }
        for page in ["/", "/projects", flows] {
            let headers = api.headers(page).await?;
            let policy = headers["content-security-policy"].to_str()?;
            ensure!(policy.contains("frame-ancestors 'none'"), "{page}: {policy}");
            ensure!(headers["x-frame-options"] == "DENY", "{page} can be framed");
        }
        // What is asked of a map and is no part of the earth is the whole country.
        let (status, _, whole) = api.answer("/projects/map?box=1,2,3").await?;
        ensure!(status == 200 && whole.contains("href=\"/projects/1\""), "{status} {whole}");
        let (_, _, part) = api.answer("/projects/map?box=0,0,1,1").await?;
        ensure!(!part.contains("href=\"/projects/1\""), "{part}");
        Ok(())
    }

    /// Reads the list in every order in parts of one, two and three.
    async fn sorted(api: &Api, list: &str, all: &[Value]) -> Result<usize> {
        let expected = texts(all);
        let sorts = api.sorts(list)?;
        for sort in &sorts {
            for limit in 1..=3 {
                let walk = format!("{list}?sort={sort}&limit={limit}");
                let found = api.all(list, &format!("sort={sort}&limit={limit}")).await?;
                ensure!(texts(&found) == expected, "{walk} tells other rows: {}", found.len());
                in_order(&found, sort).with_context(|| walk)?;
            }
        }
        Ok(sorts.len() * 3)
    }

    /// The rows as texts, whatever their order.
    fn texts(rows: &[Value]) -> Vec<String> {
        let mut texts: Vec<_> = rows.iter().map(Value::to_string).collect();
        texts.sort();
        texts
    }

    /// The numbers of a key such as `2-1-2023`.
    fn numbers(text: &str) -> Option<Vec<i64>> {
        text.split('-').map(|part| part.parse().ok()).collect()
    }

    /// Values grow, or shrink; what has none comes last.
    fn in_order(rows: &[Value], sort: &str) -> Result<()> {
        let name = sort.trim_start_matches('-');
        // Groups of statistics have an order of their own, and events two numbers.
        if name == "key" || rows.first().is_some_and(|row| row["pallet"].is_string()) {
            return Ok(());
        }
        let values = rows.iter().map(|row| match &row[name] {
            Value::Null => &row["closed"]["at"],
            value => value,
        });
        let values: Vec<_> = values.collect();
        for pair in values.windows(2) {
            let [first, second] = pair else { continue };
            let fits = match (first, second) {
                (_, Value::Null) => true,
                (Value::Null, _) => false,
                (Value::Number(first), Value::Number(second)) => {
                    let (first, second) = (first.as_i64(), second.as_i64());
                    if sort.starts_with('-') {
                        first >= second
                    } else {
                        first <= second
                    }
                }
                (Value::String(first), Value::String(second)) => {
                    let order = match numbers(first).zip(numbers(second)) {
                        Some((first, second)) => first.cmp(&second),
                        // The database of this test sorts texts by their bytes.
                        None => first.cmp(second),
                    };
                    if sort.starts_with('-') {
                        order.is_ge()
                    } else {
                        order.is_le()
                    }
                }
                _ => false,
            };
            ensure!(fits, "{first} stands before {second}");
        }
        // Who received and sent is only told where an organisation is asked for.
        let told = values.iter().any(|value| !value.is_null());
        ensure!(told || ["received", "sent"].contains(&name), "no row has a {name}");
        Ok(())
    }

    /// Asks by every filter that says something of a row itself, with values that rows have.
    async fn filtered(api: &Api, list: &str, all: &[Value]) -> Result<usize> {
        let mut asked = 0;
        for (name, operator) in api.filters(list)? {
            let mut values: Vec<Value> =
                all.iter().flat_map(|row| values_of(list, row, &name)).collect();
            values.sort_by_key(Value::to_string);
            values.dedup();
            // The ends and the middle; numbers and times besides.
            let chosen = [0, values.len() / 2, values.len().saturating_sub(1)];
            for value in chosen.into_iter().filter_map(|index| values.get(index)) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let mut questions = vec![(text.clone(), value.clone())];
                if let Some((day, _)) = text.split_once('T').filter(|_| is_time(value)) {
                    questions.push((day.to_owned(), Value::from(day)));
                }
                for (text, value) in questions {
                    let parameter = match operator.as_str() {
                        "" => name.clone(),
                        operator => format!("{name}[{operator}]"),
                    };
                    let found = api.all(list, &query(&[(&parameter, &text)])).await?;
                    let expected: Vec<_> = all
                        .iter()
                        .filter(|row| {
                            let own = values_of(list, row, &name);
                            own.iter().any(|own| compare(own, &operator, &value))
                        })
                        .cloned()
                        .collect();
                    ensure!(
                        found == expected,
                        "{list}?{parameter}={text} tells {} rows and not {}",
                        found.len(),
                        expected.len()
                    );
                    asked += 1;
                }
            }
        }
        Ok(asked)
    }

    fn is_time(value: &Value) -> bool {
        value.as_str().is_some_and(|text| text.ends_with('Z') && text.len() == 24)
    }

    /// What a row has under the name of a filter; nothing where its answer does not tell.
    fn values_of(list: &str, row: &Value, name: &str) -> Vec<Value> {
        let parts = |of: fn(&Value) -> &Value| {
            row["parts"].as_array().into_iter().flatten().map(of).cloned().collect()
        };
        let all = |of: &[&Value]| of.iter().copied().filter(|it| !it.is_null()).cloned().collect();
        match (list, name) {
            // The same names say something of the whole question there.
            (list, _) if list.contains("/statistics/") => vec![],
            ("/api/v1/events", "organisation" | "project") => vec![],
            ("/api/v1/cancellations", "project") => all(&[&row["corrects"]["project"]["id"]]),
            ("/api/v1/cancellations", "retirement") => all(&[&row["corrects"]["retirement"]]),
            ("/api/v1/cancellations", "corrects") => all(&[&row["corrects"]["kind"]]),
            ("/api/v1/cancellations", "from_project") => parts(|part| &part["project"]["id"]),
            (_, "organisation") => all(&[
                &row["owner"]["id"],
                &row["organisation"]["id"],
                &row["from"]["id"],
                &row["to"]["id"],
                &row["initiator"]["id"],
            ]),
            (_, "country") if row["beneficiary"].is_object() => {
                match &row["purpose_details"]["country"] {
                    Value::Null => all(&[&row["beneficiary"]["country"]]),
                    country => all(&[country]),
                }
            }
            (_, "sectoral_scope") if row["sectoral_scopes"].is_array() => {
                row["sectoral_scopes"].as_array().cloned().unwrap_or_default()
            }
            (_, "project") if row["parts"].is_array() => parts(|part| &part["project"]["id"]),
            (_, "vintage") if row["parts"].is_array() => parts(|part| &part["vintage"]),
            (_, "closed_at") => all(&[&row["closed_at"], &row["closed"]["at"]]),
            (_, name) => match &row[name] {
                Value::Object(thing) => all(&[thing.get("id").unwrap_or(&Value::Null)]),
                value => all(&[value]),
            },
        }
    }

    fn compare(own: &Value, operator: &str, asked: &Value) -> bool {
        let ordering = match (own, asked) {
            (Value::Number(own), Value::Number(asked)) => own.as_i64().cmp(&asked.as_i64()),
            // A day is all of it: the beginning of an instant.
            (Value::String(own), Value::String(asked)) if is_time(&Value::from(own.as_str())) => {
                own[..asked.len()].cmp(asked)
            }
            (own, asked) => match own == asked {
                true => std::cmp::Ordering::Equal,
                false => std::cmp::Ordering::Greater,
            },
        };
        match operator {
            "gt" => ordering.is_gt(),
            "gte" => ordering.is_ge(),
            "lt" => ordering.is_lt(),
            "lte" => ordering.is_le(),
            _ => ordering.is_eq(),
        }
    }

    /// A file has the rows in the order that is asked for.
    async fn files(api: &Api, list: &str) -> Result<()> {
        for sort in api.sorts(list)? {
            let rows = api.all(list, &format!("sort={sort}")).await?;
            let lines = api.text(&format!("{list}.ndjson?sort={sort}")).await?;
            let lines: Result<Vec<Value>, _> = lines.lines().map(serde_json::from_str).collect();
            ensure!(lines? == rows, "{list}.ndjson?sort={sort} is in another order");
        }
        Ok(())
    }

    /// The page has the same order, says so where it has a heading for it, and stays small.
    async fn pages(api: &Api, list: &str) -> Result<()> {
        let page = list.trim_start_matches("/api/v1").replace("/credits/blocks", "/credits");
        if WITHOUT_PAGE.contains(&page.as_str()) {
            return Ok(());
        }
        let mut headings = 0;
        for sort in api.sorts(list)? {
            let text = api.text(&format!("{page}?sort={sort}")).await?;
            ensure!(text.len() < 60 * 1024, "{page}?sort={sort} has {} bytes", text.len());
            let direction = if sort.starts_with('-') { "descending" } else { "ascending" };
            headings += text.matches(&format!("aria-sort=\"{direction}\"")).count();
        }
        ensure!(headings > 0 || page == "/events", "{page} has no heading that sorts");
        // Who misspells a filter is told so, and not shown everything.
        let (status, _, text) = api.answer(&format!("{page}?misspelt=1&utm_source=mail")).await?;
        ensure!(status == 400 && text.contains("misspelt"), "{page} answered {status}: {text}");
        let (status, ..) = api.answer(&format!("{page}?utm_source=mail")).await?;
        ensure!(status == 200, "{page} answered {status} to who follows a link in a mail");
        Ok(())
    }

    /// What a row's own answer does not tell.
    async fn belonging(api: &Api) -> Result<()> {
        // Projects by whose they are and where.
        let projects = "/api/v1/projects";
        let all = api.all(projects, "").await?;
        let mut details = Vec::new();
        for project in &all {
            details.push(api.json(&format!("{projects}/{}", project["id"])).await?);
        }
        let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
        type Of = fn(&Value) -> Vec<&Value>;
        let people: [(&str, Of); 3] = [
            ("proponent", |project| of(project, "proponents", |it| &it["organisation"]["id"])),
            ("certifier", |project| of(project, "certifiers", |it| &it["id"])),
            ("region", |project| of(project, "locations", |it| &it["region"])),
        ];
        for (name, of) in people {
            let mut values: Vec<_> = details.iter().flat_map(of).cloned().collect();
            values.sort_by_key(Value::to_string);
            values.dedup();
            ensure!(!values.is_empty(), "projects have {} {name}", values.len());
            for value in values {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let found = api.all(projects, &query(&[(name, &text)])).await?;
                let with = details.iter().filter(|project| of(project).contains(&&value));
                let expected: Vec<_> = with.map(|project| project["id"].clone()).collect();
                ensure!(ids(&found) == expected, "{name} {text}: {:?}", ids(&found));
            }
        }
        let title = all[0]["title"].as_str().context("a title")?;
        let found = api.all(projects, &query(&[("text", &title[2..8].to_uppercase())])).await?;
        ensure!(ids(&found).contains(&all[0]["id"]), "{title} is not found by its letters");
        ensure!(found.len() < all.len(), "every project is found by {title}");
        for nothing in ["%", "_", "\\", "%%%", "--"] {
            let found = api.all(projects, &query(&[("text", nothing)])).await?;
            ensure!(found.is_empty(), "{nothing:?} finds {:?}", ids(&found));
        }

        // Blocks by any number in them, alone, in a range, and by a whole serial number.
        let blocks = "/api/v1/credits/blocks";
        let all = api.all(blocks, "").await?;
        for block in &all {
            let number = |name: &str| block[name].as_i64().context("a number");
            let (start, end) = (number("start")?, number("end")?);
            for serial in [start, (start + end) / 2, end] {
                let found = api.all(blocks, &format!("serial={serial}")).await?;
                ensure!(found == [block.clone()], "serial={serial} tells {found:?}");
            }
            let serial = block["serial"].as_str().context("a serial number")?;
            let found = api.all(blocks, &format!("serial={serial}")).await?;
            ensure!(found == [block.clone()], "serial={serial} tells {found:?}");
        }
        let (first, last) = (&all[1], &all[3]);
        let range = format!("serial={}-{}", first["end"], last["start"]);
        ensure!(api.all(blocks, &range).await? == all[1..=3], "{range}");

        // What is asked of numbers that moved must be true of the same.
        let transfers = "/api/v1/transfers";
        for transfer in api.all(transfers, "").await? {
            let part = &transfer["parts"][0];
            let (project, vintage) = (&part["project"]["id"], &part["vintage"]);
            let query = format!("project={project}&vintage={vintage}");
            let found = api.all(transfers, &query).await?;
            ensure!(found.contains(&transfer), "{query} does not tell {transfer}");
            let other = format!("project={project}&vintage[gt]={vintage}&vintage[lt]={vintage}");
            ensure!(api.all(transfers, &other).await?.is_empty(), "{other}");
        }
        let organisations = api.all("/api/v1/organisations", "text=E&sort=-name").await?;
        ensure!(organisations.len() > 2, "{organisations:?}");

        // Retirements by those for whom they were.
        let retirements = "/api/v1/retirements";
        let all = api.all(retirements, "").await?;
        for retirement in &all {
            let name = retirement["beneficiary"]["name"].as_str().context("a name")?;
            let found = api.all(retirements, &query(&[("text", &name.to_uppercase())])).await?;
            ensure!(found.contains(retirement), "{name} does not find {retirement}");
            ensure!(found.len() < all.len(), "every retirement is for {name}");
        }
        Ok(())
    }

    fn of<'a>(row: &'a Value, list: &str, value: fn(&Value) -> &Value) -> Vec<&'a Value> {
        row[list].as_array().into_iter().flatten().map(value).collect()
    }
}
