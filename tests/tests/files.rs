// SPDX-License-Identifier: Apache-2.0
//! Files: who may have them and when, what is taken for what, and what becomes of them, in a folder and
//! in a real S3 server.

mod common;
#[path = "files/housekeeping.rs"]
mod housekeeping;
#[path = "files/interruptions.rs"]
mod interruptions;
#[path = "files/parts.rs"]
mod parts;
#[path = "files/privacy.rs"]
mod privacy;
#[path = "files/refusals.rs"]
mod refusals;
#[path = "files/world.rs"]
mod world;

mod e2e {
    use super::{housekeeping, interruptions, parts, privacy, refusals, world::World};
    use anyhow::{ensure, Context, Result};

    #[tokio::test]
    async fn files_are_private_until_the_chain_names_them() -> Result<()> {
        let mut world = World::local().await?;
        privacy::until_the_chain_names_it(&mut world).await?;
        privacy::of_each_organisation(&mut world).await?;
        privacy::of_profiles(&mut world).await
    }

    #[tokio::test]
    async fn files_are_what_their_bytes_say_and_of_whom_may_upload() -> Result<()> {
        let mut world = World::local().await?;
        refusals::of_forged_types(&world).await?;
        refusals::of_hostile_names(&world).await?;
        refusals::of_sizes(&mut world).await?;
        refusals::of_people_and_keys(&mut world).await
    }

    #[tokio::test]
    async fn files_in_a_folder_are_given_whole_and_in_parts_and_kept_as_they_are() -> Result<()> {
        let mut world = World::local().await?;
        parts::are_given(&mut world).await?;
        housekeeping::finds_damage(&mut world).await?;
        housekeeping::removes_what_the_chain_does_not_name(&mut world).await
    }

    #[tokio::test]
    async fn interrupted_uploads_leave_nothing() -> Result<()> {
        let mut world = World::local().await?;
        interruptions::of_clients(&world).await?;
        interruptions::of_the_portal(&mut world).await?;
        interruptions::slow_clients_are_cut_off(&world).await
    }

    #[tokio::test]
    async fn files_in_an_s3_server_are_given_whole_and_in_parts_and_kept_as_they_are() -> Result<()>
    {
        let mut world = World::s3().await?;
        parts::are_given(&mut world).await?;
        housekeeping::finds_damage(&mut world).await?;
        housekeeping::removes_what_the_chain_does_not_name(&mut world).await?;
        interruptions::of_the_portal(&mut world).await?;
        interruptions::of_the_store(&mut world).await?;
        // It was that server that had them, and it asked for signatures.
        let s3 = world.s3.as_ref().context("an S3 server")?;
        ensure!(s3.process.id() > 0 && world.stored() > 0);
        interruptions::wrong_credentials_are_said(&mut world).await
    }
}
