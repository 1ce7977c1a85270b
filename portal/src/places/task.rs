// SPDX-License-Identifier: Apache-2.0
//! The task that finds out where regions are, so that no reader ever waits for it.

use super::{
    file::File,
    locator::{Failure, Locator},
    region::{folded, Source},
    store,
};
use crate::directory::{Directory, Work};
use chrono::{TimeDelta, Utc};
use registry_primitives::CountryCode;
use sqlx::PgConnection;
use std::{
    collections::{hash_map::Entry, HashMap},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::time::{sleep, Instant};

/// How often to look for names that are new.
const LOOK: Duration = Duration::from_secs(2);
/// How long another portal, or a lost connection, is waited for.
const AGAIN: Duration = Duration::from_secs(10);
/// How often all names are looked at, beside those of new projects.
const WHOLE: Duration = Duration::from_secs(3600);
/// Names that are looked at together.
const CHUNK: i64 = 1000;
/// How long what a service told is taken for true.
const REFRESH: TimeDelta = TimeDelta::days(30);
/// When a name that a service does not know is asked about again: so much later each time.
const UNKNOWN: TimeDelta = TimeDelta::days(1);
/// How many intervals to wait after the first failure; twice as many after each further one.
const PAUSE: u32 = 30;
/// Longest pause after failures.
const LONGEST: Duration = Duration::from_secs(3600);

/// Who is asked, and how often.
pub struct Task {
    /// Where it is kept.
    pub directory: Directory,
    /// The file that is believed before anybody else.
    pub file: Option<File>,
    /// A service for what the file does not know.
    pub service: Option<Box<dyn Locator>>,
    /// The least time between two questions to a service.
    pub interval: Duration,
}

impl Task {
    /// Works for as long as the portal runs, while no other portal does.
    pub async fn keep(self) {
        loop {
            if self.directory.is_prepared() {
                match self.directory.alone(Work::Places).await {
                    Ok(Some(mut alone)) => {
                        if let Err(error) = self.work(alone.connection()).await {
                            tracing::warn!(%error, "places are not looked for");
                        }
                        alone.leave().await;
                    }
                    Ok(None) => tracing::debug!("another portal looks for places"),
                    Err(problem) => tracing::debug!(?problem, "places are not looked for"),
                }
            }
            sleep(AGAIN).await;
        }
    }

    /// Ends only where the database is lost, and with it the right to do this alone.
    async fn work(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let country = loop {
            match store::country(connection).await? {
                Some(country) => break country,
                None => sleep(LOOK).await,
            }
        };
        let service = self.service.as_ref().map(|service| service.source());
        let file = self.file.as_ref().map(|_| Source::File);
        let sources: Vec<Source> = file.into_iter().chain(service).collect();
        store::keep_only(connection, &sources).await?;
        self.take_file(connection, country).await?;
        let known = Known::of(store::all(connection).await?);
        // Before anybody else is asked about them.
        look_again(connection, &known).await?;
        // A service that takes its time must not keep names waiting that a file knows.
        let news = AtomicBool::new(false);
        tokio::try_join!(
            self.match_names(connection, country, known, &news),
            self.ask_service(country, &news)
        )?;
        Ok(())
    }

    /// Finds the names of new projects among the regions that are known.
    async fn match_names(
        &self,
        connection: &mut PgConnection,
        country: CountryCode,
        mut known: Known,
        news: &AtomicBool,
    ) -> Result<(), sqlx::Error> {
        let (mut seen, mut whole) = (0, Instant::now());
        loop {
            if self.file.as_ref().is_some_and(File::reload) {
                self.take_file(connection, country).await?;
                news.store(true, Ordering::Release);
            }
            if news.swap(false, Ordering::AcqRel) {
                known = Known::of(store::all(connection).await?);
                look_again(connection, &known).await?;
            }
            let latest = store::latest_project(connection).await?;
            // A chain that was indexed anew begins at its first project again.
            if latest < seen || whole.elapsed() > WHOLE {
                (seen, whole) = (0, Instant::now());
            }
            if latest > seen {
                loop {
                    let names = store::new_names(connection, seen, CHUNK).await?;
                    if names.is_empty() {
                        break;
                    }
                    store::name(connection, &names, &known.regions(&names)).await?;
                }
                seen = latest;
            }
            sleep(LOOK).await;
        }
    }

    async fn take_file(
        &self,
        connection: &mut PgConnection,
        country: CountryCode,
    ) -> Result<(), sqlx::Error> {
        let Some(file) = &self.file else { return Ok(()) };
        let regions = file.of(country);
        match regions.is_empty() {
            true => tracing::warn!(
                %country,
                "there is no file of regions of this country: give one with --regions"
            ),
            false => tracing::info!(%country, regions = regions.len(), "regions from a file"),
        }
        store::replace(connection, Source::File, &regions).await
    }

    /// Asks the service for what nobody else knows, one question after the other.
    async fn ask_service(
        &self,
        country: CountryCode,
        news: &AtomicBool,
    ) -> Result<(), sqlx::Error> {
        let Some(service) = &self.service else { return Ok(()) };
        let mut patience = Patience { interval: self.interval, failures: 0 };
        loop {
            let asked = match service.finds() {
                true => self.ask_for_a_name(service.as_ref(), country, news).await?,
                false => self.ask_for_all(service.as_ref(), country, news).await?,
            };
            let wait = match asked {
                Asked::Nothing => LOOK.max(self.interval),
                Asked::Answered => {
                    patience.failures = 0;
                    self.interval
                }
                Asked::Failed(failure) => {
                    let wait = patience.after(&failure, service.finds());
                    let source = service.source();
                    tracing::warn!(%source, %failure, ?wait, "a service knows no places now");
                    wait
                }
            };
            sleep(wait).await;
        }
    }

    /// Asks for all regions, if that was not done this month.
    async fn ask_for_all(
        &self,
        service: &dyn Locator,
        country: CountryCode,
        news: &AtomicBool,
    ) -> Result<Asked, sqlx::Error> {
        let mut connection = self.directory.pool().acquire().await?;
        let told = store::last_told(&mut connection, service.source()).await?;
        if told.is_some_and(|told| Utc::now() - told < REFRESH) {
            return Ok(Asked::Nothing);
        }
        // Nobody else shall wait for the connection meanwhile.
        drop(connection);
        let regions = match service.regions(country).await {
            Ok(regions) => regions,
            Err(failure) => return Ok(Asked::Failed(failure)),
        };
        let mut connection = self.directory.pool().acquire().await?;
        store::replace(&mut connection, service.source(), &regions).await?;
        tracing::info!(source = %service.source(), regions = regions.len(), "regions from a service");
        news.store(true, Ordering::Release);
        Ok(Asked::Answered)
    }

    /// Asks for one name: one that nobody knows, or one that was not asked for this month.
    async fn ask_for_a_name(
        &self,
        service: &dyn Locator,
        country: CountryCode,
        news: &AtomicBool,
    ) -> Result<Asked, sqlx::Error> {
        let source = service.source();
        let mut connection = self.directory.pool().acquire().await?;
        if let Some((name, tries)) = store::next_question(&mut connection).await? {
            drop(connection);
            let answer = service.find(&name, country).await;
            let mut connection = self.directory.pool().acquire().await?;
            let again = match answer {
                Ok(Some(region)) => {
                    let key = store::put(&mut connection, source, &region).await?;
                    store::name(&mut connection, &[name], &[Some(key)]).await?;
                    news.store(true, Ordering::Release);
                    return Ok(Asked::Answered);
                }
                Ok(None) => {
                    tracing::info!(%source, name, "no such region");
                    (UNKNOWN * 2_i32.pow(tries.clamp(0, 5) as u32), Asked::Answered)
                }
                // The others have their turn first.
                Err(failure) => {
                    let wait = self.interval * PAUSE * 2_u32.pow(tries.clamp(0, 10) as u32);
                    let wait = TimeDelta::from_std(wait.min(LONGEST)).unwrap_or(UNKNOWN);
                    (wait, Asked::Failed(failure))
                }
            };
            store::ask_again(&mut connection, &name, Utc::now() + again.0).await?;
            return Ok(again.1);
        }
        let since = Utc::now() - REFRESH;
        let Some((key, names)) = store::oldest(&mut connection, source, since).await? else {
            return Ok(Asked::Nothing);
        };
        drop(connection);
        let name = names.into_values().next().unwrap_or_default();
        let answer = service.find(&name, country).await;
        let mut connection = self.directory.pool().acquire().await?;
        match answer {
            Ok(Some(region)) if region.key() == key => {
                store::put(&mut connection, source, &region).await?;
                news.store(true, Ordering::Release);
            }
            // What it told before is not taken back by not knowing it today.
            Ok(_) => store::leave(&mut connection, &key).await?,
            Err(failure) => return Ok(Asked::Failed(failure)),
        }
        Ok(Asked::Answered)
    }
}

/// Looks again for names that nobody knew.
async fn look_again(connection: &mut PgConnection, known: &Known) -> Result<(), sqlx::Error> {
    let mut after = String::new();
    loop {
        let names = store::unknown_names(connection, &after, CHUNK).await?;
        let Some(last) = names.last() else { return Ok(()) };
        after = last.clone();
        let found = known.regions(&names);
        let (names, found): (Vec<_>, Vec<_>) =
            names.into_iter().zip(found).filter(|(_, region)| region.is_some()).unzip();
        if !names.is_empty() {
            store::name(connection, &names, &found).await?;
        }
    }
}

/// What came of asking.
enum Asked {
    /// There was nothing to ask.
    Nothing,
    /// There was an answer.
    Answered,
    /// There was none.
    Failed(Failure),
}

/// How long to leave a service alone.
struct Patience {
    interval: Duration,
    failures: u32,
}

impl Patience {
    /// How long after a failure: as long as the service says, or longer each time. A senseless
    /// answer to the question for one name says nothing of others.
    fn after(&mut self, failure: &Failure, of_one_name: bool) -> Duration {
        if of_one_name && matches!(failure, Failure::Unreadable(_)) {
            return self.interval;
        }
        let pause = self.interval * PAUSE * 2_u32.pow(self.failures.min(16));
        self.failures += 1;
        match failure {
            Failure::Busy(Some(wait)) => (*wait).max(self.interval),
            _ => pause.min(LONGEST),
        }
    }
}

/// The names of all regions.
struct Known {
    /// What each folded name means; none where it means several regions.
    regions: HashMap<String, Option<String>>,
}

impl Known {
    fn of<N: IntoIterator<Item = (String, String)>>(
        regions: Vec<(String, Option<String>, N)>,
    ) -> Self {
        let mut known = HashMap::<String, Option<String>>::new();
        for (key, code, names) in regions {
            let names = names.into_iter().map(|(_, name)| name);
            for name in names.chain(code) {
                match known.entry(folded(&name)) {
                    Entry::Vacant(entry) => {
                        entry.insert(Some(key.clone()));
                    }
                    Entry::Occupied(mut entry) => {
                        if entry.get().as_ref() != Some(&key) {
                            entry.insert(None);
                        }
                    }
                }
            }
        }
        Self { regions: known }
    }

    /// The region of each name, in their order.
    fn regions(&self, names: &[String]) -> Vec<Option<String>> {
        let region = |name: &String| self.regions.get(&folded(name)).cloned().flatten();
        names.iter().map(region).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_keeps_its_own_place_among_those_that_nobody_knows() {
        let region = |key: &str, code: Option<&str>, name: &str| {
            (key.to_owned(), code.map(str::to_owned), [("en".to_owned(), name.to_owned())])
        };
        let known = Known::of(vec![
            region("VU-SEE", Some("VU-SEE"), "Shefa"),
            region("VU-TOB", Some("VU-TOB"), "Torba"),
            region("One", None, "Twin"),
            region("Two", None, "twin"),
        ]);
        let names = ["Atlantis", "SHEFA", "Twin", "vu-tob", ""].map(str::to_owned);
        let found = known.regions(&names);
        let expected = [None, Some("VU-SEE"), None, Some("VU-TOB"), None];
        assert_eq!(found, expected.map(|key| key.map(str::to_owned)));
    }

    #[test]
    fn a_service_that_fails_is_left_alone_longer_each_time() {
        let mut patience = Patience { interval: Duration::from_secs(1), failures: 0 };
        let failure = Failure::Unreachable("no".to_owned());
        let waits: Vec<u64> = (0..8).map(|_| patience.after(&failure, true).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600]);
        let told = Failure::Busy(Some(Duration::from_secs(7)));
        assert_eq!(patience.after(&told, true), Duration::from_secs(7));
        let at_once = Failure::Busy(Some(Duration::ZERO));
        assert_eq!(patience.after(&at_once, true), Duration::from_secs(1));
        patience.failures = 1000;
        assert_eq!(patience.after(&failure, false), LONGEST);
        let senseless = Failure::Unreadable("no".to_owned());
        assert_eq!(patience.after(&senseless, true), Duration::from_secs(1));
        assert_eq!(patience.after(&senseless, false), LONGEST);
    }
}
