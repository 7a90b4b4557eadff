import Vocabulary

/// What the desk does beside its conversations.
enum DeskChecks {
    static let all = [search]

    /// How long what was said may wait for the index: it follows within a second, and a busy desk comes first.
    private static let patience: Int64 = 5 * 60_000

    private static let search = Check("DESK-001", "a search that finds what was said", .warn) { subject in
        guard subject.hasSchema, let state = try subject.search() else { return .skip("no database of this release yet") }
        var evidence = ["changes not in the index": "\(state.changes)"]
        if state.earlier > 0 { evidence["earlier conversations not in the index"] = "\(state.earlier)" }
        guard let oldest = state.oldest, subject.now.milliseconds - oldest.milliseconds > patience else { return .well(evidence) }
        guard subject.sharing != nil || subject.supervisorStatus() != nil else {
            return .well(evidence.merging(["note": "no server runs that could bring it in"]) { first, _ in first })
        }
        return .warn(
            "what was said since \(oldest.rfc3339) is not found by the search: its indexer does not get on; nothing else waits for it",
            [Finding.Remedy("switchboard status"), Finding.Remedy("switchboard doctor --only STORE,SHARE,PROC")], evidence)
    }
}
