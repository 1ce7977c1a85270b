// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::i18n::Language;
use chrono::DateTime;
use proptest::prelude::*;

/// A list as others are, of nothing.
struct Things;

impl Listing for Things {
    type Item = ();
    const NAME: &'static str = "things";
    const TITLE: &'static str = "projects.title";
    const OF_PAGE: &'static [&'static str] = &["view"];
    const COLUMNS: &'static [Column<()>] = &[];
    const FIELDS: &'static [Field] = &[
        Field::of("issued", Kind::Number, "t.issued", "Tonnes issued").sorted(),
        Field::of("closed_at", Kind::Time, "t.closed_at", "When").sorted().nullable(),
        Field::of("status", Kind::choice(|| vec!["open", "closed"]), "t.status", "Where it is"),
        Field::when("text", Kind::Text, "strpos(t.name, {value}) > 0", "Part of the name"),
        Field::when("about", Kind::Id, "about({value})", "What it is about").found_in(Source {
            from: "(subjects({value}) WHERE {after height}{narrowed} ORDER BY height{direction}) s",
            column: "s.height",
            narrows: "TRUE",
        }),
        Field::when("also", Kind::Id, "also({value})", "What it is about too").found_in(Source {
            from: "also s",
            column: "s.height",
            narrows: "also({value}) = s.height",
        }),
        Field::order("name", Kind::Text, "t.name"),
        Field::of("project", Kind::Id, "n.project", "A project").of_part(),
        Field::of("vintage", Kind::Number, "n.vintage", "A vintage").of_part(),
        Field::of("time", Kind::Time, "", "When")
            .by(Sql::Bounds("t.height {op} low({value})", "t.height {op} high({value})")),
        Field::argument("by", Kind::choice(|| vec!["all", "day"]), "What to count by"),
    ];
    const KEY: Key = Key::numbers("id", &["t.id"]);
    const FROM: &'static str = "things t";
    const SQL: &'static str = "SELECT {cursor}, count({by}) FROM {rows} WHERE {filters} {part}";
    const PARTS: &'static str = "parts n WHERE n.thing = t.id";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<()>, Problem> {
        Ok(rows.iter().map(|_| ()).collect())
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    query::pairs(&format!("/things.json?{query}").parse().unwrap()).unwrap()
}

fn read(query: &str) -> Question<Things> {
    Question::read(pairs(query), false).map_err(|problem| sentence(&problem)).unwrap()
}

fn sentence(problem: &Problem) -> String {
    problem.document(Language::English).detail.unwrap()
}

fn fault(query: &str) -> String {
    match Question::<Things>::read(pairs(query), false) {
        Err(problem) => sentence(&problem),
        Ok(_) => panic!("{query} was understood"),
    }
}

/// The SQL of a question, up to its columns.
fn sql(query: &str) -> (String, String) {
    let text = read(query).query(Things::SQL, 51).into_string();
    let (_, rest) = text.split_once(" WHERE TRUE").unwrap();
    let (filters, order) = rest.split_once(" ORDER BY ").unwrap();
    let words: Vec<_> = filters.split_whitespace().collect();
    (words.join(" "), order.to_owned())
}

#[test]
fn what_is_asked_is_bound_and_only_the_list_is_in_the_text() {
    let asked = "issued[gte]=10&issued[lt]=20&status[in]=open,closed&text='%20OR%201=1";
    assert_eq!(
        sql(asked),
        (
            "AND t.issued >= ($2) AND t.issued < ($3) AND t.status = ANY ($4) \
             AND strpos(t.name, $5) > 0"
                .to_owned(),
            "t.id DESC LIMIT $6".to_owned()
        )
    );
    assert_eq!(sql("text=&status[in]=").0, "");
    assert_eq!(sql("closed_at=2026-01-31").0, "AND t.closed_at >= ($2) AND t.closed_at < ($3)");
}

#[test]
fn arguments_have_a_place_and_a_choice_has_a_first() {
    let text = read("by=day").query(Things::SQL, 1).into_string();
    assert!(text.starts_with("SELECT ARRAY[t.id]::BIGINT[] AS cursor_key, count($1)"), "{text}");
    let text = read("").query(Things::SQL, 1).into_string();
    assert!(text.contains("count($1)") && text.ends_with("LIMIT $2"), "{text}");
    assert_eq!(read("").argument("by"), Scalar::Text("all".to_owned()));
    assert_eq!(read("").argument("project"), Scalar::Nothing);
}

#[test]
fn what_is_asked_of_parts_must_be_true_of_one() {
    assert_eq!(
        sql("vintage[gte]=2023&issued=1&project=7").0,
        "AND t.issued = ($2) AND EXISTS (SELECT FROM parts n WHERE n.thing = t.id \
         AND n.vintage >= ($3) AND n.project = ($4))"
    );
}

#[test]
fn what_is_found_in_another_place_is_read_from_there() {
    let from = |query: &str| {
        let text = read(query).query(Things::SQL, 51).into_string();
        text.split_once("count($1) FROM ").unwrap().1.to_owned()
    };
    assert_eq!(from(""), "things t WHERE TRUE  ORDER BY t.id DESC LIMIT $2");
    assert_eq!(
        from("about=7"),
        "(subjects($2) WHERE TRUE ORDER BY height DESC) s WHERE TRUE  \
         ORDER BY s.height DESC, t.id DESC LIMIT $3"
    );
    assert_eq!(
        from("also=8&about=7&sort=id&after=12"),
        "(subjects($2) WHERE height >= $3 AND also($4) = s.height ORDER BY height) s \
         WHERE TRUE AND also($5)  \
         AND s.height >= $6 AND (t.id) > ($7) ORDER BY s.height, t.id LIMIT $8"
    );
    // In another order all of it is read.
    let sorted = from("about=7&sort=issued");
    assert!(sorted.contains("WHERE TRUE ORDER BY height) s"), "{sorted}");
    assert!(sorted.ends_with("ORDER BY t.issued, t.id LIMIT $3"), "{sorted}");
}

/// Things that are led by their heights.
struct Led;

impl Listing for Led {
    type Item = ();
    const NAME: &'static str = "led";
    const TITLE: &'static str = "projects.title";
    const COLUMNS: &'static [Column<()>] = &[];
    const FIELDS: &'static [Field] = &[
        Field::of("quantity", Kind::Number, "t.quantity", "Tonnes").sorted(),
        Field::of("at", Kind::Time, "t.at", "When").sorted_as_key(),
        Field::of("project", Kind::Id, "n.project", "A project").of_part().found_in(Source {
            from: "(subjects({value}) WHERE {after height}) s",
            column: "s.height",
            narrows: "TRUE",
        }),
    ];
    const KEY: Key = Key::numbers("id", &["t.id"]).led_by("t.height", "height_of({key})");
    const FROM: &'static str = "things t";
    const SQL: &'static str =
        "SELECT * FROM (SELECT {cursor} FROM {rows} WHERE {filters} {part}) p {order}";
    const PARTS: &'static str = "parts n WHERE n.thing = t.id";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<()>, Problem> {
        Ok(rows.iter().map(|_| ()).collect())
    }
}

#[test]
fn a_column_that_grows_with_the_key_leads_to_the_rows() {
    let sql = |query: &str| {
        let question = Question::<Led>::read(pairs(query), false).unwrap();
        let text = question.query(Led::SQL, 51).into_string();
        let (_, rest) =
            text.split_once(" FROM things t WHERE TRUE").or(text.split_once(" FROM ")).unwrap();
        rest.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(sql(""), "ORDER BY t.height DESC, t.id DESC LIMIT $1) p ORDER BY cursor_key DESC");
    assert_eq!(sql("sort=at"), "ORDER BY t.height, t.id LIMIT $1) p ORDER BY cursor_key");
    assert_eq!(
        sql("after=12"),
        "AND t.height <= height_of($1) AND (t.id) < ($2) \
         ORDER BY t.height DESC, t.id DESC LIMIT $3) p ORDER BY cursor_key DESC"
    );
    let found = sql("project=7&after=12");
    assert!(
        found.ends_with(
            "(subjects($1) WHERE height <= height_of($2)) s WHERE TRUE \
             AND EXISTS (SELECT FROM parts n WHERE n.thing = t.id AND n.project = ($3)) \
             AND s.height <= height_of($4) AND (t.id) < ($5) \
             ORDER BY s.height DESC, t.id DESC LIMIT $6) p ORDER BY cursor_key DESC"
        ),
        "{found}"
    );
    // By something else, it leads nowhere.
    assert_eq!(
        sql("sort=-quantity"),
        "ORDER BY t.quantity DESC, t.id DESC LIMIT $1) p \
         ORDER BY cursor_value DESC NULLS LAST, cursor_key DESC"
    );
}

#[test]
fn bounds_are_asked_of_the_side_that_they_are_on() {
    assert_eq!(sql("time[gt]=2026-01-31T12:00:00Z").0, "AND t.height > low($2)");
    assert_eq!(
        sql("time=2026-01-31T12:00:00Z").0,
        "AND t.height >= low($2) AND t.height <= high($3)"
    );
    assert_eq!(sql("time=2026-01-31").0, "AND t.height >= low($2) AND t.height < high($3)");
}

#[test]
fn a_cursor_is_one_range_of_the_order() {
    let after = |sort: &str, value: Scalar, key: i64| {
        let order = read(&format!("sort={sort}")).order;
        let cursor = Cursor { value, key: vec![Scalar::Number(key)] };
        sql(&format!("sort={sort}&after={}", order.write(&cursor)))
    };
    assert_eq!(sql("after=12"), ("AND (t.id) < ($2)".into(), "t.id DESC LIMIT $3".into()));
    assert_eq!(sql("sort=id&after=12").0, "AND (t.id) > ($2)");
    assert_eq!(
        after("-issued", Scalar::Number(5), 12),
        ("AND (t.issued, t.id) < ($2, $3)".into(), "t.issued DESC, t.id DESC LIMIT $4".into())
    );
    // Without a value they come last, whichever way round.
    let time = Scalar::Time(DateTime::from_timestamp(1_700_000_000, 0).unwrap());
    for (sort, compared) in [("closed_at", ">"), ("-closed_at", "<")] {
        let (filter, order) = after(sort, time.clone(), 12);
        assert_eq!(
            filter,
            format!("AND ((t.closed_at, t.id) {compared} ($2, $3) OR t.closed_at IS NULL)")
        );
        assert!(order.contains("NULLS LAST, t.id"), "{order}");
        let filter = after(sort, Scalar::Nothing, 12).0;
        assert_eq!(filter, format!("AND t.closed_at IS NULL AND (t.id) {compared} ($2)"));
    }
}

#[test]
fn faults_name_what_there_is() {
    for (query, says) in [
        (
            "colour=red",
            "issued, closed_at, status, text, about, also, project, vintage, time, by, sort, after",
        ),
        ("issued[like]=1", "issued, issued[gt], issued[gte], issued[lt], issued[lte]"),
        ("status[gte]=open", "status, status[in]"),
        ("issued[=1", "issued[gte]"),
        ("name=x", "“name”"),
        ("issued=ten", "whole number"),
        ("issued[gte]=9223372036854775808", "9,223,372,036,854,775,807"),
        ("closed_at[lt]=tomorrow", "2026-01-31T12:00:00Z"),
        ("status=Open", "open, closed"),
        ("sort=text", "id, issued, closed_at, name"),
        ("sort=--issued", "--issued"),
        ("sort=issued;DROP%20TABLE%20things", "DROP TABLE"),
        ("issued=1&issued=2", "more than once"),
        ("limit=5&limit=5", "more than once"),
        ("limit=many", "from 1 to 200"),
        ("after=x", "sorted by -id"),
        ("after=-12", "sorted by -id"),
        ("after=12&sort=issued", "sorted by issued"),
    ] {
        let fault = fault(query);
        assert!(fault.contains(says), "{query}: {fault}");
    }
}

#[test]
fn a_page_is_shown_to_who_follows_a_link_with_a_tracker() {
    let read = |query: &str, for_page| Question::<Things>::read(pairs(query), for_page);
    for query in ["utm_source=mail&utm_source=mail&issued=1", "fbclid=x", "view=large&issued=1"] {
        assert!(read(query, true).is_ok(), "{query}");
        assert!(read(query, false).is_err(), "{query}");
    }
    // But not the whole list to who misspells a filter.
    for query in ["isued=1", "issued[least]=1", "stat", "utm=mail", "%5B%5D=1", "=1"] {
        assert!(read(query, true).is_err(), "{query}");
    }
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let orders = ["issued", "-issued", "closed_at", "-name", "id"];
    for sort in orders {
        let order = read(&format!("sort={sort}")).order;
        let value = match sort {
            "closed_at" => Scalar::Nothing,
            "-name" => Scalar::Text("a".to_owned()),
            _ => Scalar::Number(1),
        };
        let cursor = order.write(&Cursor { value, key: vec![Scalar::Number(1)] });
        for other in orders {
            let query = format!("sort={other}&after={cursor}");
            if other == sort {
                read(&query);
            } else {
                assert!(fault(&query).contains(&format!("sorted by {other} ")), "{query}");
            }
        }
    }
}

#[test]
fn a_cursor_that_was_made_up_cannot_hold_what_no_value_can() {
    use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
    let made_up =
        |sort: &str, json: &str| format!("sort={sort}&after={}", URL_SAFE_NO_PAD.encode(json));
    for (sort, json) in [
        ("name", r#"["name","\u0000",1]"#),
        ("name", r#"["name",null,1]"#),
        ("issued", r#"["issued","1",1]"#),
        ("issued", r#"["issued",1.5,1]"#),
        ("issued", r#"["issued",null,1]"#),
        ("issued", r#"["issued",1]"#),
        ("issued", r#"["issued",1,1,1]"#),
        ("issued", r#"["issued",1,"1; DROP TABLE things"]"#),
        ("closed_at", r#"["closed_at","infinity",1]"#),
        ("closed_at", r#"["closed_at",0,1]"#),
        ("issued", "{}"),
        ("issued", "x"),
    ] {
        assert!(fault(&made_up(sort, json)).contains("sorted by"), "{json}");
    }
    read(&made_up("closed_at", r#"["closed_at",null,1]"#));
}

fn of_sort(sort: &'static str) -> BoxedStrategy<Scalar> {
    match sort.trim_start_matches('-') {
        "issued" => any::<i64>().prop_map(Scalar::Number).boxed(),
        // Microseconds of the years that RFC 3339 can write.
        "closed_at" => prop_oneof![
            Just(Scalar::Nothing),
            (-62_135_596_800_000_000_i64..253_402_300_800_000_000).prop_map(|micros| {
                Scalar::Time(DateTime::from_timestamp_micros(micros).unwrap())
            }),
        ]
        .boxed(),
        "name" => "[^\0]*".prop_map(Scalar::Text).boxed(),
        _ => Just(Scalar::Nothing).boxed(),
    }
}

proptest! {
    #[test]
    fn a_cursor_is_read_as_it_was_written(
        (sort, value, key) in prop::sample::select(vec![
            "issued", "-issued", "closed_at", "-closed_at", "name", "-name", "id", "-id",
        ])
        .prop_flat_map(|sort| (Just(sort), of_sort(sort), 0..=i64::MAX)),
    ) {
        let order = Question::<Things>::order(sort).unwrap();
        let cursor = Cursor { value, key: vec![Scalar::Number(key)] };
        prop_assert_eq!(order.read(&order.write(&cursor)), Some(cursor));
    }

    #[test]
    fn no_query_is_too_strange_to_be_refused(
        names in prop::collection::vec(
            prop_oneof![
                "[a-z_]*\\[?[a-z=<>;']*\\]?",
                prop::sample::select(vec!["issued[gte]", "closed_at", "sort", "after", "limit", "text"])
                    .prop_map(str::to_owned),
            ],
            0..5,
        ),
        values in prop::collection::vec(any::<String>(), 5),
    ) {
        let given: Vec<_> = names.into_iter().zip(values).collect();
        // Whatever is understood has only the list's own words in its text.
        for for_page in [false, true] {
            if let Ok(question) = Question::<Things>::read(given.clone(), for_page) {
                let text = question.query(Things::SQL, 1).into_string();
                prop_assert!(text.chars().all(|c| c.is_ascii() && c != ';' && c != '\''), "{}", text);
            }
        }
    }
}

#[test]
fn a_form_leaves_blank_what_it_does_not_ask_for_and_a_program_does_not() {
    let read = |query: &str, for_page| Question::<Things>::read(pairs(query), for_page);
    let blank = "issued=&status=&about=&sort=&limit=&text=&status[in]=&after=";
    assert!(read(blank, true).is_ok());
    for parameter in blank.split('&') {
        let may_be = ["text=", "status[in]=", "after="].contains(&parameter);
        assert_eq!(read(parameter, false).is_ok(), may_be, "{parameter}");
    }
}
