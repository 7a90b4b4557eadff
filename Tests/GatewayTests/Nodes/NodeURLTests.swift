@testable import Gateway
import Relay
import TestSupport
import Testing

struct NodeURLTests {
    private static let open: AddressReach = [.loopback, .privateNetworks]

    private func fault(_ text: String, _ reach: AddressReach = []) -> NodeURLFault? {
        do {
            _ = try NodeURL(text, reach: reach)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "an address has one spelling, whatever was typed",
        arguments: [
            ("https://api.anthropic.com", "https://api.anthropic.com"), ("HTTPS://API.Anthropic.COM/", "https://api.anthropic.com"),
            ("https://api.anthropic.com.:443/", "https://api.anthropic.com"),
            ("https://host.example:8443/anthropic/", "https://host.example:8443/anthropic"),
            ("https://host.example/a/b", "https://host.example/a/b"), ("https://api.openai.com/v1", "https://api.openai.com"),
            ("https://host.example/openai/v1/", "https://host.example/openai"), ("https://host.example/v1/x", "https://host.example/v1/x"),
            ("https://192.0.2.7", "https://192.0.2.7"), ("https://[2001:DB8:0:0::7]:8443", "https://[2001:db8::7]:8443"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"), ("http://10.0.0.7:11434", "http://10.0.0.7:11434"),
            ("http://localhost:9000", "http://localhost:9000"), ("http://[::1]:9000/", "http://[::1]:9000"),
            ("http://ollama:11434", "http://ollama:11434"),
        ])
    func spelling(typed: String, text: String) throws {
        let url = try NodeURL(typed, reach: Self.open)
        #expect(url.text == text)
        #expect(try NodeURL(url.text, reach: Self.open) == url)
    }

    @Test("host, port, prefix and TLS are told apart")
    func parts() throws {
        let url = try NodeURL("https://[2001:db8::7]/anthropic", reach: [])
        #expect((url.host, url.port, url.isSecure, url.prefix) == ("2001:db8::7", 443, true, "/anthropic"))
        let plain = try NodeURL("http://127.0.0.1", reach: .loopback)
        #expect((plain.host, plain.port, plain.isSecure, plain.prefix) == ("127.0.0.1", 80, false, ""))
    }

    @Test(
        "what is no address for a node is refused with its reason, even with all networks open",
        arguments: [
            ("", NodeURLFault.scheme), ("north.example", .scheme), ("ftp://north.example", .scheme), ("file:///etc/passwd", .scheme),
            ("javascript://x", .scheme), ("https:/north.example", .scheme), ("https://", .host), ("https:///x", .host),
            ("https://.", .host),
            ("https://ada:pw@north.example", .userInfo), ("https://north.example@10.0.0.1/", .userInfo),
            ("https://north.example?x=1", .query),
            ("https://north.example/#x", .fragment), ("https://north.example:0", .port), ("https://north.example:65536", .port),
            ("https://north.example:+80", .port), ("https://north.example:8o", .port), ("https://north.example:080808", .port),
            ("https://north..example", .host), ("https://-north.example", .host), ("https://north%2eexample", .host),
            ("https://[::1", .host),
            ("https://[fe80::1%25eth0]", .host), ("https://[::1]x", .host), ("https://[north]", .host),
            ("https://north.example/a/../b", .path),
            ("https://north.example/./b", .path), ("https://north.example//b", .path), ("https://north.example/%2e%2e/b", .path),
            ("https://north.example/a b", .malformed), ("https://north.example\\@evil", .malformed), ("https://nörth.example", .malformed),
            ("https://north.example/\u{0}", .malformed), ("https://north.example\n", .malformed),
            ("https://north.example/" + String(repeating: "a", count: 1_000), .malformed),
            ("http://north.example", .plain), ("http://192.0.2.7", .plain), ("http://[2600::7]", .plain),
        ])
    func refused(text: String, fault expected: NodeURLFault) {
        #expect(fault(text, Self.open) == expected)
    }

    @Test(
        "no spelling of an address slips past its rule",
        arguments: [
            "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "127.0.0.01", "1.2.3.4.5", "256.0.0.1",
            "127.0.0.0x1",
            "１２７.0.0.1", "127。0.0.1", "4294967295", "0x", "1.2.3.", "127.0.0.1.nip.io.0",
        ])
    func numericHosts(host: String) {
        #expect(fault("https://\(host)/", Self.open) != nil)
    }

    @Test(
        "loopback and private addresses need leave, each its own",
        arguments: [
            ("127.0.0.1", AddressReach.loopback), ("127.255.255.254", .loopback), ("localhost", .loopback), ("x.localhost", .loopback),
            ("[::1]", .loopback), ("[::ffff:127.0.0.1]", .loopback), ("10.0.0.1", .privateNetworks), ("172.31.0.1", .privateNetworks),
            ("192.168.1.1", .privateNetworks), ("100.64.0.1", .privateNetworks), ("[fc00::1]", .privateNetworks),
            ("[::ffff:10.0.0.1]", .privateNetworks), ("[64:ff9b::a00:1]", .privateNetworks),
        ])
    func leave(host: String, reach: AddressReach) {
        #expect(fault("https://\(host)/") == .address)
        #expect(fault("https://\(host)/", Self.open.subtracting(reach)) == .address)
        #expect(fault("https://\(host)/", reach) == nil)
        #expect(fault("http://\(host)/", reach) == nil)
    }

    @Test(
        "metadata, link-local, multicast and unspecified addresses are never nodes",
        arguments: [
            "169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "[::]", "224.0.0.1", "255.255.255.255",
            "100.100.100.200",
            "[ff02::1]", "[fd00:ec2::254]", "[2002:a9fe:a9fe::]", "192.0.0.192",
        ])
    func never(host: String) {
        #expect(fault("https://\(host)/", Self.open) == .address)
        #expect(fault("http://\(host)/", Self.open) == .address)
    }

    @Test("names that no public resolver knows may go without TLS once a network is open, others never")
    func plainNames() {
        #expect(fault("http://ollama:11434") == .plain)
        #expect(fault("http://ollama:11434", .privateNetworks) == nil)
        #expect(fault("http://gpu.lan", .privateNetworks) == nil)
        #expect(fault("http://north.example", .privateNetworks) == .plain)
        #expect(fault("https://ollama") == nil)
    }

    @Test("random text never ends the process, and what is taken is taken again as it was written")
    func fuzz() {
        var random = SeededRandom(seed: 7)
        let pieces = [
            "https://", "http://", "[", "]", "::", "1", "0x", ".", ":", "/", "@", "%", "?", "#", "a", "\\", "é", "443", "127.0.0.1", "v1",
            "..", "\u{0}",
        ]
        for _ in 0..<20_000 {
            let text =
                "https://" + (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard let url = try? NodeURL(text, reach: Self.open) else { continue }
            #expect((try? NodeURL(url.text, reach: Self.open)) == url)
        }
    }
}
