import HTTPTypes
import Testing

@testable import WebServer

@Suite("Addresses behind proxies")
struct ForwardedAddressTests {
    @Test(
        "only what trusted proxies appended is believed",
        arguments: [
            ("192.0.2.1", "198.51.100.9", "192.0.2.1"), ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.9, 10.0.0.2", "198.51.100.9"), ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.2", "10.0.0.1"), ("10.0.0.1", "<script>", "10.0.0.1"), ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
            ("10.0.0.1", "198.51.100.9, \(String(repeating: "9", count: 80))", "10.0.0.1"),
        ])
    func believed(peer: String, header: String, client: String) throws {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        let address = ForwardedAddress(trusted: ["10.0.0.1", "10.0.0.2"])
        #expect(address.client(peer: peer, headers: [name: header]) == client)
    }
}
