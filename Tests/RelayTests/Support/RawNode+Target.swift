import TestSupport

@testable import Relay

extension RawNode {
    func target(host: String = "127.0.0.1", isSecure: Bool = false, reach: AddressReach = .loopback) -> NodeTarget {
        NodeTarget(host: host, port: port, isSecure: isSecure, reach: reach)
    }
}
