import Glibc
import TestSupport
import Testing

@testable import Host

struct BacktraceToolTests {
    @Test("it is looked for beside the program, above it, beside the runtime, and in the toolchain")
    func candidates() {
        let maps = "7f0-7f1 r-xp 00000000 08:01 12 /opt/swift/usr/lib/swift/linux/libswiftCore.so\n7f2-7f3 r-xp 0 08:01 13 /lib/libc.so.6"
        let found = BacktraceTool.candidates(program: "/srv/switchboard", maps: maps, toolchain: "/usr/local/swift/usr/bin/swift-frontend")
        #expect(
            found == [
                "/srv/swift-backtrace", "/srv/../libexec/swift/linux/swift-backtrace", "/opt/swift/usr/libexec/swift/linux/swift-backtrace",
                "/usr/local/swift/usr/bin/../libexec/swift/linux/swift-backtrace",
            ])
        #expect(BacktraceTool.candidates(program: nil, maps: "", toolchain: nil).isEmpty)
    }

    @Test("the runtime is told to write addresses into files and nothing else")
    func setting() {
        let text = BacktraceTool.setting(tool: "/srv/swift-backtrace", output: "/data/crashes/raw")
        for wanted in ["enable=yes", "interactive=no", "symbolicate=off", "registers=none", "sanitize=yes", "format=json"] {
            #expect(text.split(separator: ",").contains { $0 == wanted }, "\(wanted)")
        }
        #expect(text.hasSuffix(",output-to=/data/crashes/raw/") && text.contains(",swift-backtrace=/srv/swift-backtrace,"))
    }

    @Test("without the tool, or with a path that the setting can't hold, a crash is over at once")
    func without() {
        #expect(BacktraceTool.setting(tool: nil, output: "/data") == "enable=no")
        #expect(BacktraceTool.setting(tool: "/srv/a,b", output: "/data") == "enable=no")
        #expect(BacktraceTool.setting(tool: "/srv/swift-backtrace", output: "/da,ta") == "enable=no")
    }

    @Test("what it finds is a program that can be run")
    func find() {
        guard let tool = BacktraceTool.find() else { return }
        #expect(access(tool, X_OK) == 0)
    }
}
