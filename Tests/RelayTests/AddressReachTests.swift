import NIOCore
import Testing

@testable import Relay

@Suite("The guard of addresses")
struct AddressReachTests {
    private func permits(_ address: String, _ reach: AddressReach = []) throws -> Bool {
        reach.permits(try SocketAddress(ipAddress: address, port: 443))
    }

    @Test(
        "lets every node reach public addresses",
        arguments: [
            "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.0.1", "100.128.0.1", "192.167.1.1", "223.255.255.255", "2606:4700::1111",
            "2001:db8::1",
        ])
    func open(address: String) throws {
        #expect(try permits(address))
    }

    @Test(
        "never lets a node reach these, whatever is open",
        arguments: [
            "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.0.192",
            "100.100.100.200", "168.63.129.16", "::", "fe80::1", "febf::1", "fec0::1", "ff02::1", "fd00:ec2::254", "fd00:ec2:0:1::5",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe", "::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:a9fe:a9fe::1",
            "2001:0:1::1", "::ffff:0.0.0.0", "::ffff:255.255.255.255", "::2:0:0", "4000::1", "100::1", "::ffff:0:1.2.3.4", "0:0:0:1::1",
        ])
    func closed(address: String) throws {
        #expect(try !permits(address, [.loopback, .privateNetworks]))
    }

    @Test(
        "opens loopback for those that may",
        arguments: ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"])
    func loopback(address: String) throws {
        #expect(try !permits(address) && !permits(address, .privateNetworks) && permits(address, .loopback))
    }

    @Test(
        "opens private networks for those that may",
        arguments: [
            "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255", "198.18.0.1",
            "198.19.1.1",
            "fc00::1", "fdff::1", "::ffff:10.0.0.1", "::192.168.1.1", "64:ff9b::a00:1", "2002:c0a8:101::1",
        ])
    func privateNetworks(address: String) throws {
        #expect(try !permits(address) && !permits(address, .loopback) && permits(address, .privateNetworks))
    }

    @Test("knows no address of another length, and no path")
    func others() throws {
        #expect(!AddressReach.loopback.permits(bytes: []) && !AddressReach.loopback.permits(bytes: Array(repeating: 1, count: 5)))
        #expect(!AddressReach(rawValue: 255).permits(try SocketAddress(unixDomainSocketPath: "/tmp/x")))
    }
}
