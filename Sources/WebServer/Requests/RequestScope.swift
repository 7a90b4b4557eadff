package import Hummingbird
package import Logging
package import Vocabulary

/// What belongs to one request besides the request itself. Middleware fills it, routes read it.
package struct RequestScope: RequestContext {
    package typealias Source = RequestSource

    package var coreContext: CoreRequestContextStorage
    /// Echoed as `x-request-id`, on every log line and in answers of status 500.
    package var requestID: String
    /// The peer's IP address without port; "unknown" where there is none.
    package let clientAddress: String
    /// Whether the request came over TLS.
    package let isSecure: Bool
    /// Who signed in; nil for visitors and before the session middleware.
    package var principal: MemberPrincipal?
    private let publicOrigin: String?
    let methods: RouteMethods

    package init(source: RequestSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.requestID
        clientAddress = source.clientAddress
        isSecure = source.isSecure
        publicOrigin = source.publicOrigin
        methods = source.methods
        logger[metadataKey: "request"] = "\(source.requestID)"
    }

    /// For bodies that Hummingbird's own decoding reads; ours have limits of their own.
    package var maxUploadSize: Int { JSONBody.limit }

    /// The origin under which the browser knows this server, like `https://desk.example:8443`; nil when the request names no sane host.
    package func ownOrigin(of request: Request) -> String? {
        publicOrigin ?? WebOrigin.make(isSecure: isSecure, host: request.head.authority)
    }
}

/// What a `RequestScope` is made from.
package struct RequestSource: RequestContextSource {
    package var logger: Logger
    package var requestID: String
    package var clientAddress: String
    package var isSecure: Bool
    package var publicOrigin: String?
    var methods = RouteMethods()

    package init(
        logger: Logger, requestID: String = RequestID.make(), clientAddress: String = "unknown", isSecure: Bool = false,
        publicOrigin: String? = nil
    ) {
        self.logger = logger
        self.requestID = requestID
        self.clientAddress = clientAddress
        self.isSecure = isSecure
        self.publicOrigin = publicOrigin
    }
}
