extension ExitTable {
    /// The tables of docs/operations.md: codes of this program, codes of others, signals.
    package static func markdown(in language: CrashLanguage) -> String {
        let title = language == .english ? ("code", "meaning", "what to do") : ("退出码", "含义", "处理办法")
        let codes = table(title, ownCodes.map { ("\($0.number)", $0) } + foreignCodes.map { ("(\($0.number))", $0) }, language)
        let first = language == .english ? "signal" : "信号"
        let signals = signals.sorted { $0.number < $1.number }.map { ("\($0.number) · \($0.exitStatus)", $0) }
        return codes + "\n" + table((first, title.1, title.2), signals, language)
    }

    private static func table(_ title: (String, String, String), _ rows: [(String, ExitMeaning)], _ language: CrashLanguage) -> String {
        let head = "| \(title.0) | | \(title.1) | \(title.2) |\n|---|---|---|---|\n"
        let lines = rows.map { number, row in
            let name = row.name.hasPrefix("EX_") || row.kind == .signal ? "`\(row.name)`" : ""
            return "| \(number) | \(name) | \(row.meaning.text(in: language)) | \(row.remedy.text(in: language)) |\n"
        }
        return head + lines.joined()
    }
}
