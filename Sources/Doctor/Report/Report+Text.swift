extension Report {
    /// For people: what is wrong first, each with its cause and what to do; then one line about the rest.
    /// - Parameter isLong: also what is well.
    package func text(isLong: Bool) -> String {
        let order: [Finding.Status] = [.fail, .warn, .unknown] + (isLong ? [.skip, .pass] : [])
        var lines = order.flatMap { status in checks.filter { $0.status == status }.flatMap(Self.lines) }
        if !lines.isEmpty { lines.append("") }
        let counts = [
            (Finding.Status.fail, "failed"), (.warn, "warnings"), (.unknown, "unknown"), (.pass, "well"), (.skip, "do not apply"),
        ]
        let told = counts.compactMap { status, word in summary[status].map { "\($0) \(word)" } }.joined(separator: ", ")
        lines.append("\(checks.count) checks of \(dataDirectory) in \(ms) ms: \(told).")
        return lines.joined(separator: "\n")
    }

    private static func lines(_ entry: Entry) -> [String] {
        let marks: [Finding.Status: String] = [.fail: "FAIL", .warn: "WARN", .unknown: "????", .pass: "ok  ", .skip: "-   "]
        var lines = ["\(marks[entry.status] ?? "") \(entry.id)  \(entry.title)\(entry.cause.isEmpty ? "" : ": " + entry.cause)"]
        guard entry.status != .pass, entry.status != .skip else { return lines }
        if !entry.evidence.isEmpty {
            lines.append("     seen: " + entry.evidence.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "  "))
        }
        lines += entry.remedy.map { "     do:   \($0.command)\($0.risk.isEmpty ? "" : "   (\($0.risk))")" }
        return lines
    }
}
