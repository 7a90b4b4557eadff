/// Which headers pass the gateway (docs/gateway.md section 5), in letters of either case. What is not named here passes: vendors add headers
/// all the time, and some of them must come in pairs with fields of the body.
///
/// By length first: this is asked for each header of each request and each answer, and comparing texts is what it costs.
package enum HeaderRules {
    /// Options of `Connection` that are read; more than these are no honest message's.
    package static let connectionOptionLimit = 32

    /// Whether a client's header goes to the node. The node's credential and `accept-encoding: identity` are added after this.
    ///
    /// - Parameter connectionOptions: what `connectionOptions(of:)` found in the same message.
    package static func goesToNode(_ name: String, connectionOptions: [String] = []) -> Bool {
        if isHopByHop(name) || isOption(name, of: connectionOptions) { return false }
        // Set anew: by the relay (framing), or because they are the client's, not the node's.
        switch name.utf8.count {
        case 4: return !name.says("host")
        case 6: return !name.says("expect") && !name.says("cookie")
        case 9: return !name.says("x-api-key") && !name.says("forwarded") && !name.says("x-real-ip")
        case 13 where name.says("authorization"), 14 where name.says("content-length"), 15 where name.says("accept-encoding"): return false
        case 12...: return !name.begins("x-forwarded-")
        default: return true
        }
    }

    /// Whether a node's header goes to the client. `x-request-id` and `x-switchboard-…` are ours to set.
    package static func goesToClient(_ name: String, connectionOptions: [String] = []) -> Bool {
        if isHopByHop(name) || isOption(name, of: connectionOptions) { return false }
        // Most are about the node's own origin: as ours they would be lies, and HSTS a lasting one.
        switch name.utf8.count {
        case 3: return !name.says("via")
        case 6: return !name.says("server")
        case 7: return !name.says("alt-svc")
        case 10: return !name.says("set-cookie")
        case 12: return !name.says("x-request-id")
        case 25 where name.says("strict-transport-security"): return false
        case 14...: return !name.begins("x-switchboard-")
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

    private static func isOption(_ name: String, of options: [String]) -> Bool {
        !options.isEmpty && options.contains(name.lowercased())
    }

    private static func isHopByHop(_ name: String) -> Bool {
        switch name.utf8.count {
        case 2: name.says("te")
        case 7: name.says("trailer") || name.says("upgrade")
        case 10: name.says("connection") || name.says("keep-alive")
        case 16: name.says("proxy-connection")
        case 17: name.says("transfer-encoding")
        case 18: name.says("proxy-authenticate")
        case 19: name.says("proxy-authorization")
        case 25: name.says("proxy-authentication-info")
        default: false
        }
    }
}

extension String {
    /// Whether it is `name`, which is in lower case, in letters of either case.
    fileprivate func says(_ name: StaticString) -> Bool {
        utf8.count == name.utf8CodeUnitCount && begins(name)
    }

    /// Whether it begins with `name`, which is in lower case, in letters of either case.
    fileprivate func begins(_ name: StaticString) -> Bool {
        guard utf8.count >= name.utf8CodeUnitCount else { return false }
        var wanted = name.utf8Start
        let end = wanted + name.utf8CodeUnitCount
        for byte in utf8 {
            if wanted == end { return true }
            guard byte == wanted.pointee || byte &- UInt8(ascii: "A") < 26 && byte | 0x20 == wanted.pointee else { return false }
            wanted += 1
        }
        return true
    }
}
