import Foundation
import Testing

@testable import Host

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

    @Test("is named by process, command, user and age, and known as our own program", arguments: [AF_INET, AF_INET6])
    func holder(family: Int32) throws {
        let (descriptor, port) = try listen(family)
        let holder = try #require(PortHolder.find(port: port))
        #expect(holder.process.id == getpid() && holder.process.user == getuid() && holder.isOurs)
        #expect(PortHolder.describe(port: port).hasPrefix("process \(getpid()) ("))
        #expect(holder.sentence.contains("user \(getuid())") && holder.sentence.hasSuffix("our own, started earlier"))
        close(descriptor)
        #expect(PortHolder.find(port: port) == nil && PortHolder.describe(port: port) == PortHolder.unknown)
    }

    @Test(
        "a program is ours by its file, or by the name it was started by where its file is not shown",
        arguments: [
            ("/opt/a/switchboard", "switchboard serve", true), ("/opt/a/switchboard (deleted)", "x", true),
            ("/usr/sbin/nginx", "switchboard", false),
            (nil, "/opt/switchboard serve", true), (nil, "nginx: switchboard", false), (nil, "", false), ("/me", "anything", true),
        ] as [(String?, String, Bool)])
    func ours(file: String?, command: String, isOurs: Bool) {
        let process = ProcessFacts(
            id: 1, name: "x", commandLine: command, executable: file, user: 0, parent: 0, state: "S", threads: 1, startTicks: 0,
            startedAt: nil,
            container: nil)
        #expect(PortHolder.isOurs(process, own: "/me") == isOurs)
    }

    @Test("an older release is one whose file is gone")
    func older() {
        let process = ProcessFacts(
            id: 12, name: "switchboard", commandLine: "switchboard serve", executable: "/srv/switchboard (deleted)", user: 33, parent: 1,
            state: "S",
            threads: 4, startTicks: 0, startedAt: Age.now - 720_000, container: "0123456789ab")
        #expect(
            PortHolder(process: process, isOurs: true).sentence
                == "process 12 (switchboard serve), user 33, container 0123456789ab, started 12 minutes ago: our own older release")
    }

    private struct Failed: Error {}

    private func listen(_ family: Int32) throws -> (Int32, Int) {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0, Glibc.listen(descriptor, 1) == 0 else { throw Failed() }
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        // Both families keep the port in the same place.
        guard named == 0 else { throw Failed() }
        return (descriptor, Int(UInt16(bigEndian: address.sin6_port)))
    }
}
