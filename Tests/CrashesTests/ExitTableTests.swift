import FoundationEssentials
import Testing

@testable import Crashes

struct ExitTableTests {
    @Test("every code of sysexits, every own code and every signal has a meaning and a remedy in both languages")
    func complete() {
        for code in [0] + Array(64...78) + Array(80...87) {
            #expect(ExitTable.codes.contains { $0.number == code && $0.kind == .own }, "\(code)")
        }
        for number in 1...31 { #expect(ExitTable.signals.contains { $0.number == number }, "signal \(number)") }
        for row in ExitTable.codes + ExitTable.signals {
            #expect(!row.meaning.english.isEmpty && !row.remedy.english.isEmpty, "\(row.number)")
            let chinese = row.meaning.chinese + row.remedy.chinese
            #expect(chinese.unicodeScalars.contains { $0.value >= 0x4E00 && $0.value < 0xA000 }, "\(row.number)")
            #expect(row.meaning.english != row.meaning.chinese, "\(row.number)")
        }
    }

    @Test("no number and no name stands twice")
    func unique() {
        #expect(Set(ExitTable.codes.map(\.number)).count == ExitTable.codes.count)
        #expect(Set(ExitTable.signals.map(\.number)).count == ExitTable.signals.count)
        let names = (ExitTable.codes + ExitTable.signals).map(\.name).filter { !$0.isEmpty }
        #expect(Set(names).count == names.count)
    }

    @Test("all codes from 0 to 255 are explained, and nothing beyond")
    func everyCode() {
        for code in 0...255 { #expect(ExitTable.meaning(ofCode: code) != nil, "\(code)") }
        #expect(ExitTable.meaning(ofCode: 256) == nil && ExitTable.meaning(ofCode: -1) == nil)
        for number in 1...64 { #expect(ExitTable.meaning(ofSignal: number) != nil, "\(number)") }
        #expect(ExitTable.meaning(ofSignal: 0) == nil && ExitTable.meaning(ofSignal: 65) == nil)
    }

    @Test(
        "a code or signal is understood as people write it",
        arguments: [
            ("143", ["SIGTERM"]), ("SIGTERM", ["SIGTERM"]), ("term", ["SIGTERM"]), ("-15", ["SIGTERM"]), ("15/TERM", ["SIGTERM"]),
            ("15", ["SIGTERM"]), ("status=137", ["SIGKILL"]), ("69", ["EX_UNAVAILABLE"]), ("EX_CONFIG", ["EX_CONFIG"]),
            ("config", ["EX_CONFIG"]), ("1", ["", "SIGHUP"]), ("3", ["", "SIGQUIT"]), ("0", ["OK"]), ("203", [""]),
            ("code=78", ["EX_CONFIG"]),
            ("162", ["SIGRTMIN"]), (" sigsegv ", ["SIGSEGV"]),
        ])
    func written(text: String, names: [String]) {
        #expect(ExitTable.meanings(of: text).map(\.name) == names)
    }

    @Test(
        "what is no code and no signal is said to be none",
        arguments: ["", "elephant", "SIG", "1e3", "999", "-99", "９", "143 144", "/", "=", "\u{0}"])
    func strange(text: String) {
        #expect(ExitTable.meanings(of: text).isEmpty, "\(ExitTable.meanings(of: text))")
    }

    @Test("docs/operations.md has this very table")
    func document() throws {
        let document = try Golden.text(Golden.root + "docs/operations.md")
        #expect(document.contains(ExitTable.markdown(in: .english)), "run the tests with GOLDEN=write and copy Golden/exit-table.en.txt")
    }

    @Test("the table's words are the agreed ones", arguments: CrashLanguage.allCases)
    func golden(language: CrashLanguage) throws {
        let all = ExitTable.codes + ExitTable.signals
        try Golden.expect(ExitTable.markdown(in: language), is: "exit-table.\(language.rawValue)")
        try Golden.expect(all.map { $0.text(in: language) }.joined(separator: "\n\n"), is: "why-code.\(language.rawValue)")
    }
}
