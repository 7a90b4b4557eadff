/// Which headers pass the gateway (docs/gateway.md section 5). Names are lower-cased by the caller. What is not named here passes:
/// vendors add headers all the time, and some of them must come in pairs with fields of the body.
package enum HeaderRules {
    /// Options of `Connection` that are read; more than these are no honest message's.
    package static let connectionOptionLimit = 32

    /// Whether a client's header goes to the node. The node's credential and `accept-encoding: identity` are added after this.
    ///
    /// - Parameter connectionOptions: what `connectionOptions(of:)` found in the same message.
    package static func goesToNode(_ name: String, connectionOptions: [String] = []) -> Bool {
        if isHopByHop(name) || connectionOptions.contains(name) { return false }
        // Set anew: by the relay (framing), or because they are the client's, not the node's. By length first: this is asked for each
        // header of each request, and comparing texts is what it costs.
        switch name.utf8.count {
        case 4: return name != "host"
        case 6: return name != "expect" && name != "cookie"
        case 9: return name != "x-api-key" && name != "forwarded" && name != "x-real-ip"
        case 13 where name == "authorization", 14 where name == "content-length", 15 where name == "accept-encoding": return false
        case 12...: return !name.hasPrefix("x-forwarded-")
        default: return true
        }
    }

    /// Whether a node's header goes to the client. `x-request-id` and `x-switchboard-…` are ours to set.
    package static func goesToClient(_ name: String, connectionOptions: [String] = []) -> Bool {
        if isHopByHop(name) || connectionOptions.contains(name) { return false }
        // Most are about the node's own origin: as ours they would be lies, and HSTS a lasting one.
        switch name.utf8.count {
        case 3: return name != "via"
        case 6: return name != "server"
        case 7: return name != "alt-svc"
        case 10: return name != "set-cookie"
        case 12: return name != "x-request-id"
        case 25 where name == "strict-transport-security": return false
        case 14...: return !name.hasPrefix("x-switchboard-")
        default: return true
        }
    }

    /// The names that a message's `Connection` headers make hop-by-hop (RFC 9110 section 7.6.1), lower-cased.
    package static func connectionOptions(of values: some Sequence<String>) -> [String] {
        var options: [String] = []
        for value in values {
            for option in value.utf8.split(separator: UInt8(ascii: ","), maxSplits: connectionOptionLimit) {
                guard options.count < connectionOptionLimit else { return options }
                let name = option.filter { $0 != 0x20 && $0 != 0x09 }
                if !name.isEmpty { options.append(String(decoding: name, as: UTF8.self).lowercased()) }
            }
        }
        return options
    }

    private static func isHopByHop(_ name: String) -> Bool {
        switch name.utf8.count {
        case 2: name == "te"
        case 7: name == "trailer" || name == "upgrade"
        case 10: name == "connection" || name == "keep-alive"
        case 16: name == "proxy-connection"
        case 17: name == "transfer-encoding"
        case 18: name == "proxy-authenticate"
        case 19: name == "proxy-authorization"
        case 25: name == "proxy-authentication-info"
        default: false
        }
    }
}
