// SPDX-License-Identifier: Apache-2.0
//! Those who mean the portal no good: they send what no client sends, write code where names belong,
//! use credentials that are not theirs or not good any more, come slowly and in crowds, and pull the
//! database away. Nobody else notices, nothing is given away, and every refusal is a problem
//! document. Which operations there are is read from the API's own description.

mod common;
#[path = "hostile/world.rs"]
mod world;

#[path = "hostile/clients.rs"]
mod clients;
#[path = "hostile/credentials.rs"]
mod credentials;
#[path = "hostile/outage.rs"]
mod outage;
#[path = "hostile/requests.rs"]
mod requests;
#[path = "hostile/secrets.rs"]
mod secrets;
#[path = "hostile/text.rs"]
mod text;

/// The page that says which test shows what.
mod page {
    use std::path::Path;

    fn sources(folder: &Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all);
            } else if path.extension().is_some_and(|it| it == "rs") {
                all.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_test_that_it_names_is_there() {
        let page = include_str!("../../docs/reference/security-tests.md");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut all = String::new();
        sources(&root.join("tests"), &mut all);
        sources(&root.join("../portal/src"), &mut all);
        let named = page.split('`').skip(1).step_by(2).filter(|it| it.matches('_').count() > 2);
        let mut count = 0;
        for name in named {
            assert!(all.contains(&format!("fn {name}(")), "there is no test {name}");
            count += 1;
        }
        assert!(count > 40, "{count}");
    }
}
