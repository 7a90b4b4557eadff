import Host
import Testing

@testable import Doctor

struct ReadingTests {
    @Test("a writer's lock is found by its byte; readers' locks and other files are not")
    func locks() {
        let table = """
            1: POSIX  ADVISORY  WRITE 4711 08:01:131 120 120
            2: POSIX  ADVISORY  READ  4712 08:01:131 124 124
            3: POSIX  ADVISORY  WRITE 4713 08:01:999 120 120
            4: FLOCK  ADVISORY  WRITE 4714 08:01:131 0 EOF
            5: POSIX  ADVISORY  WRITE 4715 08:01:132 1073741824 1073742335
            6: -> POSIX  ADVISORY  WRITE 4716 08:01:131 120 120
            nonsense
            7: POSIX  ADVISORY  WRITE -1 08:01:131 120 120
            """
        #expect(KernelLocks.holders(among: KernelLock.read(table), of: [131, 132]) == [4711, 4715])
    }

    @Test(
        "a star covers one label",
        arguments: [
            ("desk.example", "desk.example", true), ("*.example", "desk.example", true), ("*.example", "a.desk.example", false),
            ("*.example", "example", false), ("DESK.example", "desk.example", true), ("other.example", "desk.example", false),
        ])
    func stars(name: String, host: String, covers: Bool) {
        #expect(TLSChecks.covers(name, host) == covers)
    }

    @Test(
        "a host's name is read from an address; numbers are none",
        arguments: [
            ("https://desk.example/x", "desk.example"), ("https://Desk.example:8443", "desk.example"), ("https://127.0.0.1", nil),
            ("", nil),
            ("desk.example", nil),
        ] as [(String, String?)])
    func hosts(url: String, host: String?) {
        #expect(TLSChecks.hostName(url) == host)
    }

    @Test("sizes are for people")
    func sizes() {
        #expect(Size.text(0) == "0 bytes" && Size.text(1_536) == "1.5 KiB" && Size.text(200 << 20) == "200 MiB")
    }
}
