import Glibc

/// The stages of a worker's start, as it names them itself.
package struct WorkerStage: Hashable, Sendable {
    package var number: Int
    package var name: String

    package init(number: Int, name: String) {
        self.number = number
        self.name = name
    }

    package static let first = WorkerStage(number: 0, name: "fingerprint")

    /// The number of the stage in which requests are taken.
    package static let ready = 8

    /// Milliseconds that a worker may stay in a stage without a word; each word begins it anew. Nil: as long as it likes.
    package var patience: Int64? {
        #if DEBUG
            if let wanted = Self.impatience, wanted.stage == name { return wanted.milliseconds }
        #endif
        return switch number {
        case ..<0: nil
        case 0...3: 30_000
        case 4: 120_000
        // A migration says how far it is; a large one may be silent between two words for long.
        case 5: 900_000
        case 6...7: 60_000
        default: nil
        }
    }

    #if DEBUG
        /// `SWITCHBOARD_FAULT=hang:<stage>:<milliseconds>`, or `next:<what>:<milliseconds>` for migrations: for tests of what happens when
        /// patience ends.
        private static let impatience: (stage: String, milliseconds: Int64)? = {
            guard let wanted = getenv("SWITCHBOARD_FAULT") else { return nil }
            let words = String(cString: wanted).split(separator: ":").map(String.init)
            guard words.count == 3, ["hang", "next"].contains(words[0]), let milliseconds = Int64(words[2]) else { return nil }
            return (words[0] == "next" ? "migrations" : words[1], milliseconds)
        }()
    #endif
}
