import Vocabulary

/// Under which name a model is counted by the hour. A value without clock or I/O.
///
/// Threat: a client may name any model, and each name would be rows of the hourly table for ever. A name counts as itself once a node has
/// answered for it, or while the price book knows it; of one workspace and day only so many do. The rest is one line, `other`.
struct CountedModels {
    static let other = "other"
    /// Names of one workspace and day.
    static let most = 500
    /// How many names there may be for one that only the price book vouches for, whose patterns fit any number of names.
    static let mostUnanswered = 200

    private struct Place: Hashable {
        var workspace: ULID
        var day: Timestamp
    }

    private var names: [Place: Set<String>] = [:]
    /// The name that was let through last: most requests are for the same few.
    private var last: (place: Place, name: String)?

    /// Notes a name that the hourly table has already.
    mutating func add(_ name: String, of workspace: ULID, at time: Timestamp) {
        guard !name.isEmpty, name != Self.other else { return }
        names[Place(workspace: workspace, day: time.startOfUTCDay), default: []].insert(name)
    }

    /// True when `name` counts as itself, which it then does for the rest of the day.
    /// - Parameters:
    ///   - isAnswered: a node has answered for it.
    ///   - isPriced: the price book knows it; asked only where it matters.
    mutating func admits(
        _ name: String, of workspace: ULID, at time: Timestamp, isAnswered: Bool, isPriced: () -> Bool
    ) -> Bool {
        guard !name.isEmpty else { return true }
        let place = Place(workspace: workspace, day: time.startOfUTCDay)
        if let last, last.place == place, last.name == name { return true }
        let known = names[place]
        if known?.contains(name) != true {
            let room = isAnswered ? Self.most : Self.mostUnanswered
            guard name != Self.other, known?.count ?? 0 < room, isAnswered || isPriced() else { return false }
            if known == nil { forget(before: place.day) }
            names[place, default: []].insert(name)
        }
        last = (place, name)
        return true
    }

    /// Days that are over for two days: late ends of long requests find them empty and are counted all the same.
    private mutating func forget(before day: Timestamp) {
        guard names.count >= 64 else { return }
        names = names.filter { $0.key.day > day - .seconds(2 * 86_400) }
    }
}
