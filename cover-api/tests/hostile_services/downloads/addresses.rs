//! Links and redirects that lead where they should not.

use cover_api::{Client, Link};
use cover_testkit::Outcome;

use super::server::{FILE, Server, TAGGED, failure, redirect};

#[tokio::test]
async fn a_link_with_spaces_is_requested_percent_encoded() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let link = Link::new(format!("{}/night drive.mp3?name=a b", server.url));
    assert_eq!(server.client()?.download(&link).await?, FILE);
    assert!(server.heads()[0].starts_with("get /night%20drive.mp3?name=a%20b http"), "{:?}", server.heads());
    Ok(())
}

#[tokio::test]
async fn a_redirect_loop_ends() -> Outcome {
    let server = Server::start(&[&redirect("{self}/again?signature=s3cret")]).await?;
    let (error, _) = failure(&server.client()?, &server.link()).await;
    assert!(error.ends_with("failed: more than 5 redirects"), "{error}");
    assert_eq!(server.heads().len(), 6);
    Ok(())
}

#[tokio::test]
async fn five_redirects_are_followed() -> Outcome {
    let to = redirect("{self}/again");
    let server = Server::start(&[&to, &to, &to, &to, &to, &format!("{TAGGED}0123456789")]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_redirect_to_another_port_of_this_machine_is_not_followed() -> Outcome {
    let other = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let server = Server::start(&[&redirect(&format!("{}/x?signature=s3cret", other.url))]).await?;
    let (error, _) = failure(&server.client()?, &server.link()).await;
    assert!(error.contains(&other.url.replace("http://", "")), "{error}");
    assert!(error.contains("a redirect leads to plain http"), "{error}");
    let plain = Client::builder("k3y").base_url(&server.url).allow_plain_http();
    let (error, _) = failure(&plain.build()?, &server.link()).await;
    assert!(error.contains("only the origin of the base address"), "{error}");
    assert!(other.heads().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_redirect_to_an_allowed_private_address_carries_no_secret() -> Outcome {
    let other = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let server = Server::start(&[&redirect(&format!("{}/x", other.url))]).await?;
    let client = Client::builder("k3y").base_url(&server.url).allow_plain_http().allow_private_downloads().build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    let head = other.heads().remove(0);
    assert!(!head.contains("s3cret") && !head.contains("k3y") && !head.contains("referer"), "{head}");
    Ok(())
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() -> Outcome {
    for (to, host) in [
        ("https://10.0.0.1/x?signature=s3cret", "10.0.0.1"),
        ("https://169.254.169.254/latest/meta-data?signature=s3cret", "169.254.169.254"),
        ("https://100.64.0.1/", "100.64.0.1"),
        ("https://0.0.0.0/", "0.0.0.0"),
        ("https://224.0.0.1/", "224.0.0.1"),
        ("https://[::ffff:10.0.0.1]/", "[::ffff:a00:1]"),
        ("https://[fd00::1]/", "[fd00::1]"),
        ("https://[fe80::1]/", "[fe80::1]"),
        ("https://[::]/", "[::]"),
    ] {
        let server = Server::start(&[&redirect(to)]).await?;
        let (error, _) = failure(&server.client()?, &server.link()).await;
        assert!(error.starts_with(&format!("the download from `{host}` failed")), "{error}");
        assert!(error.contains(&format!("`{host}` is not a public address")), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn an_error_does_not_show_a_key_that_the_answer_repeats() -> Outcome {
    let coded = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-encoding: k3y-of-many-letters\r\n\r\n0";
    for answer in [
        redirect("https://user@k3y-of-many-letters.example/"),
        redirect("https://k3y-of-many-letters.localhost/"),
        redirect("k3y-of-many-letters:x"),
        coded.to_owned(),
    ] {
        let server = Server::start(&[&answer]).await?;
        let client = Client::builder("k3y-of-many-letters").base_url(&server.url).build()?;
        let (error, _) = failure(&client, &server.link()).await;
        assert!(error.contains("message withheld: it repeats the API key"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_needs_an_address() -> Outcome {
    for (answer, why) in [
        ("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_owned(), "HTTP status 302 without a usable `Location`"),
        (redirect("https://[s3cret"), "HTTP status 302 without a usable `Location`"),
        (redirect("file:///etc/s3cret"), "the scheme must be https or http, not `file`"),
        (redirect("https://me:s3cret@a.example/"), "the address must not contain a user name or a password"),
        ("HTTP/1.1 304 No\r\ncontent-length: 0\r\n\r\n".to_owned(), "HTTP status 304"),
    ] {
        let server = Server::start(&[&answer]).await?;
        let (error, _) = failure(&server.client()?, &server.link()).await;
        assert!(error.ends_with(&format!("failed: {why}")), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_client_of_a_public_service_does_not_download_from_this_machine() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let port = server.url.rsplit(':').next().unwrap_or_default();
    let client = Client::builder("k3y").base_url("https://api.example.com").build()?;
    for host in
        ["127.0.0.1", "localhost", "x.localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "0x7f000001"]
    {
        let (error, _) = failure(&client, &Link::new(format!("http://{host}:{port}/x?signature=s3cret"))).await;
        assert!(error.contains("is not a public address"), "{host}: {error}");
        assert!(error.ends_with("without `ClientBuilder::allow_private_downloads`"), "{host}: {error}");
    }
    assert!(server.heads().is_empty());
    let builder = Client::builder("k3y").base_url("https://api.example.com").allow_private_downloads();
    let client = builder.configure_http(reqwest::ClientBuilder::no_proxy).build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_client_of_this_machine_downloads_from_its_other_ports() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let client = Client::builder("k3y").base_url("http://127.0.0.1:1").build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_link_must_be_an_http_address() -> Outcome {
    let client = Client::builder("k3y").base_url("http://127.0.0.1:1").build()?;
    for (link, why) in [
        ("", "the link is not a URL"),
        ("s3cret", "the link is not a URL"),
        ("//a.example/s3cret", "the link is not a URL"),
        ("https://", "the link is not a URL"),
        ("file:///etc/s3cret", "the scheme must be https or http, not `file`"),
        ("data:text/plain,s3cret", "the scheme must be https or http, not `data`"),
        ("ftp://a.example/s3cret", "the scheme must be https or http, not `ftp`"),
        ("https://s3cret@a.example/x", "the address must not contain a user name or a password"),
        ("https://:s3cret@a.example/x", "the address must not contain a user name or a password"),
    ] {
        let (error, _) = failure(&client, &Link::new(link)).await;
        assert!(error.ends_with(&format!("failed: {why}")), "{link}: {error}");
    }
    let (error, _) = failure(&client, &Link::new(format!("http://127.0.0.1:1/{}?s3cret", "x".repeat(100_000)))).await;
    assert!(error.len() < 200, "{error}");
    Ok(())
}
