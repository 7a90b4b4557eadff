import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import WebServer

@Suite("Who holds a port")
struct PortHolderTests {
    private static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
           1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
           2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
        broken line
        """

    @Test(
        "is read from the system's table, listeners only", arguments: [(8_080, ["4711"]), (80, ["4713"]), (81, [])] as [(Int, Set<String>)])
    func inodes(port: Int, expected: Set<String>) {
        #expect(PortHolder.inodes(in: Self.table, port: port) == expected)
    }

    @Test("is named by process and command")
    func holder() async throws {
        let channel = try await ServerBootstrap(group: LiveServer.group).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        let text = PortHolder.describe(port: port)
        #expect(text.hasPrefix("process \(getpid()) ("))
        try await channel.close()
        #expect(PortHolder.describe(port: port) == PortHolder.unknown)
    }
}
