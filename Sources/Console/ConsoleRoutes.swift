package import Hummingbird
import HTTPTypes
import NIOCore
package import WebServer

/// What the widget's pages need of a shop. Filled in Assembly.
package protocol ShopPages: Sendable {
    /// Origins that may frame the panel of the shop with this key (empty: any); nil when there is no such shop.
    func panelOrigins(key: String) async throws -> [String]?
    /// The snippet of the shop with this key, or of the first shop; nil when there is none.
    func snippet(key: String?, base: String) async throws -> String?
}

/// The pages and files that browsers load.
package struct ConsoleRoutes: Sendable {
    /// Addresses that the console's own router answers in the browser.
    private static let places: [RouterPath] = [
        "/", "/setup", "/signin", "/invite", "/inbox", "/inbox/**", "/c/**", "/settings", "/settings/**", "/gateway", "/gateway/**",
        "/operations", "/operations/**",
    ]

    private let assets: AssetLibrary
    private let shops: any ShopPages

    package init(assets: AssetLibrary, shops: any ShopPages) {
        self.assets = assets
        self.shops = shops
    }

    /// Shown by the console at addresses that are none of its places.
    package var lostPages: LostPages {
        LostPages { [assets] in .page(assets.console.text, policy: assets.console.policy) }
    }

    package func add(to router: Router<RequestScope>) {
        for place in Self.places { router.get(place, use: console) }
        router.get("/assets/**", use: file)
        router.get("/favicon.ico") { _, _ in try icon() }
        router.get("/widget.js") { request, _ in try loader(request) }
        router.get("/widget/:shop", use: panel)
        router.get("/demo", use: demo)
    }

    @Sendable private func console(_ request: Request, context: RequestScope) -> Response {
        .page(assets.console.text, policy: assets.console.policy)
    }

    @Sendable private func file(_ request: Request, context: RequestScope) throws -> Response {
        let path = context.parameters.getCatchAll().joined(separator: "/")
        if let asset = assets.immutable(path) { return .asset(asset, caching: "public, max-age=31536000, immutable", to: request) }
        guard let asset = assets.asset(path), !asset.path.hasSuffix(".html") else {
            throw Problem(.notFound, code: "web.not_found", detail: "There is no such file.")
        }
        return .asset(asset, caching: "no-cache", to: request)
    }

    private func icon() throws -> Response {
        Response(status: .movedPermanently, headers: [.location: "/assets/icons/favicon.svg"])
    }

    /// Every visitor of a shop pays for it: kept five minutes, then asked for by its tag.
    private func loader(_ request: Request) throws -> Response {
        guard let asset = assets.asset("widget/loader.js") else {
            throw ConsoleError.assetMissing(named: "widget/loader.js", in: "the widget")
        }
        var response = Response.asset(asset, caching: "public, max-age=300", to: request)
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
        return response
    }

    @Sendable private func panel(_ request: Request, context: RequestScope) async throws -> Response {
        guard let origins = try await shops.panelOrigins(key: context.parameters.get("shop") ?? "") else {
            throw Problem(.notFound, code: "desk.shop_unknown", detail: "No shop has this key. Copy the snippet from the console again.")
        }
        let ancestors = origins.isEmpty ? ["*"] : ["'self'"] + origins
        var response = Response.page(assets.panel.text, policy: assets.panel.policy.framed(by: ancestors))
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
        return response
    }

    @Sendable private func demo(_ request: Request, context: RequestScope) async throws -> Response {
        let key = request.uri.queryParameters["shop"].map(String.init)
        guard let snippet = try await shops.snippet(key: key, base: context.ownOrigin(of: request) ?? "") else {
            throw Problem(.notFound, code: "desk.shop_unknown", detail: "There is no shop to show yet. Set the server up first.")
        }
        return .page(assets.demo.text.replacing("<!--snippet-->", with: snippet), policy: assets.demo.policy)
    }
}

extension Response {
    fileprivate static func page(_ text: String, policy: ContentPolicy) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache", .contentSecurityPolicy: policy.text],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    fileprivate static func asset(_ asset: Asset, caching: String, to request: Request) -> Response {
        let tag = "\"\(asset.digest)\""
        let headers: HTTPFields = [.contentType: asset.contentType, .cacheControl: caching, .eTag: tag]
        if let known = request.headers[.ifNoneMatch], known.contains(tag) { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.bytes))
    }
}

extension HTTPField.Name {
    /// Fetch standard, section 3.7.
    fileprivate static let crossOriginResourcePolicy = HTTPField.Name("cross-origin-resource-policy") ?? .vary
}
