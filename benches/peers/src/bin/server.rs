//! Both services, as they are asked for lists: `server PAGES...` has every page ready, prints a URL for each of these
//! lengths, and serves until its input ends.

use std::convert::Infallible;
use std::io::Read as _;
use std::rc::Rc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ops_benches::{Listed, OPERATIONS, asked_for};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_peers::Outcome;
use tokio::net::TcpListener;

fn main() -> Outcome {
    // Whoever started the server holds the other end, and goes away with it.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let lengths = std::env::args().skip(1).map(|pages| pages.parse());
    let lengths = lengths.collect::<Result<Vec<u32>, _>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, serve(lengths))
}

async fn serve(lengths: Vec<u32>) -> Outcome {
    let longest = lengths
        .iter()
        .copied()
        .max()
        .ok_or("usage: server PAGES...")?;
    let lists = Rc::new([
        Rendered::new::<ListOperations>(longest),
        Rendered::new::<ListConnectorOperations>(longest),
    ]);
    for pages in lengths {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        tokio::task::spawn_local(listen(listener, Rc::clone(&lists), pages));
    }
    std::future::pending().await
}

async fn listen(listener: TcpListener, lists: Rc<[Rendered; 2]>, pages: u32) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let lists = Rc::clone(&lists);
        let service = service_fn(move |request| respond(Rc::clone(&lists), pages, request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::task::spawn_local(connection);
    }
}

/// The pages of a list: those that another follows, and those that are the last.
struct Rendered {
    followed: Vec<Bytes>,
    last: Vec<Bytes>,
    content_type: &'static str,
}

impl Rendered {
    fn new<C: Listed>(pages: u32) -> Self {
        let list = ops_benches::List::new::<C>(OPERATIONS);
        Self {
            followed: (0..pages)
                .map(|number| list.page(number, pages + 1))
                .collect(),
            last: (0..pages).map(|number| list.page(number, 0)).collect(),
            content_type: "application/json",
        }
    }
}

async fn respond(
    lists: Rc<[Rendered; 2]>,
    pages: u32,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let (list, text) = match (&head.method, &body) {
        (&Method::POST, Ok(body)) => (&lists[0], &body[..]),
        _ => (&lists[1], head.uri.query().unwrap_or_default().as_bytes()),
    };
    let page = asked_for(text).and_then(|number| {
        let pages = if number + 1 < pages {
            &list.followed
        } else {
            &list.last
        };
        pages.get(number as usize)
    });
    let mut response = Response::new(Full::new(page.cloned().unwrap_or_default()));
    if page.is_none() {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    let headers = response.headers_mut();
    headers.insert(
        "content-type",
        http::HeaderValue::from_static(list.content_type),
    );
    headers.insert(
        "x-amzn-requestid",
        http::HeaderValue::from_static("5f2d1c3e-7c1b-4d86-9a8b-2f7e3b6a9d10"),
    );
    Ok(response)
}
