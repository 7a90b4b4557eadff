import Testing

@testable import Host

@Suite("The program's own code in memory")
struct ProgramTextTests {
    @Test("only the program's code is let go: not its data, not the libraries', not what lies elsewhere under its name")
    func ranges() {
        let maps = """
            55d0c0000000-55d0c3897000 r-xp 00000000 fe:00 1234                       /opt/my programs/switchboard
            55d0c3897000-55d0c6000000 rw-p 03896000 fe:00 1234                       /opt/my programs/switchboard
            55d0c6000000-55d0c6001000 r-xp 03896000 fe:00 1234                       /opt/my programs/switchboard
            7f00c0000000-7f00c0001000 r-xp 00000000 fe:00 99                         /usr/lib/switchboard
            7f00c0001000-7f00c0002000 r-xp 00000000 fe:00 98                         /opt/my programs/switchboard (deleted)
            7f00d0000000-7f00d0001000 rwxp 00000000 00:00 0 
            nonsense r-xp 0 0 0 /opt/my programs/switchboard
            9-5 r-xp 00000000 fe:00 1234 /opt/my programs/switchboard
            """
        #expect(
            ProgramText.ranges(of: "/opt/my programs/switchboard", in: maps) == [
                0x55d0_c000_0000..<0x55d0_c389_7000, 0x55d0_c600_0000..<0x55d0_c600_1000,
            ])
        #expect(ProgramText.ranges(of: "", in: maps).isEmpty)
    }

    @Test("a process whose code was let go takes less memory, and goes on")
    func letGo() {
        // Much of it is mapped when a test runs; others that run beside this one bring some of it back at once.
        var least = Self.resident()
        let before = least
        for _ in 0..<20 {
            ProgramText.letGo()
            least = min(least, Self.resident())
        }
        #expect(before > 0 && least < before)
    }

    /// KB of the program's code that are mapped.
    private static func resident() -> Int {
        let program = ProcFile.link("/proc/self/exe") ?? ""
        var (sum, isCode) = (0, false)
        for line in (ProcFile.text("/proc/self/smaps", limit: 16 << 20) ?? "").split(separator: "\n") {
            if line.contains(" r-xp ") { isCode = line.hasSuffix(program) } else if line.contains("-p ") { isCode = false }
            if isCode, line.hasPrefix("Rss:") { sum += line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }
        }
        return sum
    }
}
