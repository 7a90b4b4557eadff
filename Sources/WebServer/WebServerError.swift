/// Why the web server does not start. The text says what to do.
package enum WebServerError: Error, Equatable {
    /// Plain HTTP on an address that others can reach.
    case plainHTTPExposed(address: String)
    /// The address does not resolve to one of this machine's.
    case addressUnusable(address: String, reason: String)
    /// The port is taken; `holder` names process and command where visible.
    case portTaken(address: String, port: Int, holder: String)
    /// The system refused the port to this user.
    case portForbidden(address: String, port: Int)
    /// Any other reason not to get the port.
    case bindFailed(address: String, port: Int, reason: String)
    /// The certificate or key can't be used.
    case certificate(CertificateError)

    /// It listens, and its own request through the port was not answered.
    case notAnswering(url: String, reason: String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .plainHTTPExposed: "web.plain_http_exposed"
        case .addressUnusable: "web.address_unusable"
        case .portTaken: "web.port_taken"
        case .portForbidden: "web.port_forbidden"
        case .bindFailed: "web.bind_failed"
        case .certificate(let error): error.code
        case .notAnswering: "web.not_answering"
        }
    }
}

extension WebServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .plainHTTPExposed(let address):
            "plain HTTP on \(address) would carry sign-ins in the clear: switch TLS on, bind a loopback address, or allow plain HTTP explicitly"
        case .addressUnusable(let address, let reason):
            "can't listen on the address \(address): \(reason)"
        case .portTaken(let address, let port, let holder):
            "port \(port) on \(address) is held by \(holder): stop it or choose another port"
        case .portForbidden(let address, let port):
            "this user may not listen on port \(port) of \(address): choose a port from 1024 up or grant CAP_NET_BIND_SERVICE"
        case .bindFailed(let address, let port, let reason):
            "can't listen on port \(port) of \(address): \(reason)"
        case .certificate(let error):
            error.description
        case .notAnswering(let url, let reason):
            "the server's own request to \(url) was not answered: \(reason)"
        }
    }
}
