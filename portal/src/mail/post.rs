// SPDX-License-Identifier: Apache-2.0
//! What takes mail away: a mail server, or the log where none is set up.

use super::message::Written;
use anyhow::{bail, Context, Result};
use lettre::{
    message::{
        header::{ContentType, Header, HeaderName, HeaderValue},
        Mailbox,
    },
    transport::smtp::{AsyncSmtpTransport, PoolConfig},
    Address, AsyncTransport, Message, Tokio1Executor,
};
use reqwest::Url;
use std::{error::Error, time::Duration};

/// How long the mail server may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Refusals that are about who sends, and not about the mail: it is not the mail's fault (RFC 4954,
/// section 6; RFC 3207).
const OURS: [u16; 4] = [530, 534, 535, 538];

/// How mail is sent.
#[derive(clap::Args)]
pub struct Options {
    /// The mail server: `smtp://user:password@host:587?tls=required`, `smtps://…`; without it mail
    /// goes to the log.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// Whom mail is from: `Carbon Registry <registry@registry.gov.example>`.
    #[arg(long, env = "MAIL_FROM")]
    mail_from: Option<String>,
    /// What the subjects of mails begin with.
    #[arg(long, env = "MAIL_PREFIX", default_value = "Carbon Registry:")]
    mail_prefix: String,
}

/// What takes mail away.
#[derive(Clone)]
pub struct Post {
    server: Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>,
    /// What subjects begin with.
    pub prefix: String,
}

/// Why a mail was not taken.
pub struct Refusal {
    /// In words.
    pub why: String,
    /// Whether it would be refused again.
    pub lasting: bool,
}

/// Written by a program: nothing answers that it is on holiday (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Post {
    /// Does not connect: a server that is down is waited for.
    pub fn new(options: Options) -> Result<Self> {
        let prefix = super::clean(&options.mail_prefix, 60);
        // A variable that is there and empty is as good as none.
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let Some(url) = given(options.smtp_url) else {
            tracing::warn!("no mail server is set up (SMTP_URL): mail goes to the log");
            return Ok(Self { server: None, prefix });
        };
        let from = given(options.mail_from).context("SMTP_URL is set, and MAIL_FROM is not")?;
        let from: Mailbox =
            from.parse().with_context(|| format!("MAIL_FROM {from:?} is not an address"))?;
        keeps_secrets(&url)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
            .context("SMTP_URL cannot be used")?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(super::sender::AT_ONCE as u32 * 2))
            .build();
        Ok(Self { server: Some((transport, from)), prefix })
    }

    /// Whether the server is there and lets us in; in words, why not.
    pub async fn reach(&self) -> Result<(), String> {
        let Some((transport, _)) = &self.server else { return Ok(()) };
        match transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server closed the connection".to_owned()),
            Err(error) => Err(in_words(&error)),
        }
    }

    /// Hands a mail over. That it was taken means that the server answers for it from now on.
    pub async fn send(&self, mail: Written) -> Result<(), Refusal> {
        let Some((transport, from)) = &self.server else {
            tracing::info!("mail to {}\nSubject: {}\n\n{}", mail.to, mail.subject, mail.text);
            return Ok(());
        };
        let lasting = |why: String| Refusal { why, lasting: true };
        let address: Address = mail.to.parse().map_err(|_| lasting("it is no address".into()))?;
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(mail.name, address))
            .subject(mail.subject)
            .date(mail.date)
            .message_id(Some(mail.id))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text)
            .map_err(|error| lasting(error.to_string()))?;
        match transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let ours = error.status().is_some_and(|code| OURS.contains(&code.into()));
                Err(Refusal { why: in_words(&error), lasting: error.is_permanent() && !ours })
            }
        }
    }
}

/// A password goes over encrypted connections alone.
fn keeps_secrets(url: &str) -> Result<()> {
    // What the address holds is not repeated: it may hold a password.
    let Ok(url) = Url::parse(url) else { bail!("SMTP_URL is not an address") };
    let encrypts = url.scheme() == "smtps"
        || url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    if url.password().is_some() && !encrypts {
        bail!(
            "SMTP_URL has a password that would be sent unencrypted: add ?tls=required, or use \
             smtps://"
        );
    }
    Ok(())
}

fn in_words(error: &lettre::transport::smtp::Error) -> String {
    super::clean(&error.to_string(), 300)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_sent_in_the_clear() {
        for good in [
            "smtp://mail.example",
            "smtp://localhost:25",
            "smtps://user:secret@mail.example",
            "smtp://user:secret@mail.example:587?tls=required",
        ] {
            assert!(keeps_secrets(good).is_ok(), "{good}");
        }
        for bad in [
            "mail.example",
            "smtp://user:secret@mail.example",
            "smtp://user:secret@mail.example?tls=opportunistic",
        ] {
            let error = keeps_secrets(bad).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    // The pool of connections is tidied by a task.
    #[tokio::test]
    async fn a_server_needs_somebody_to_send_from() {
        let options = |url: Option<&str>, from: Option<&str>| Options {
            smtp_url: url.map(str::to_owned),
            mail_from: from.map(str::to_owned),
            mail_prefix: "Registry:".into(),
        };
        assert!(Post::new(options(None, None)).is_ok());
        assert!(Post::new(options(Some(""), None)).is_ok());
        assert!(Post::new(options(Some("smtp://localhost:25"), None)).is_err());
        assert!(Post::new(options(Some("smtp://localhost:25"), Some("nobody"))).is_err());
        assert!(Post::new(options(Some("ftp://localhost"), Some("a@b.example"))).is_err());
        let from = Some("Carbon Registry <registry@gov.example>");
        let post = Post::new(options(Some("smtp://localhost:25"), from)).unwrap();
        assert!(post.server.is_some());
    }
}
