package import Vocabulary

/// A running worker of the house as the database knows it. Two workers of one supervisor during a hand-over are two instances.
package struct Instance: Hashable, Sendable {
    package let id: InstanceID
    /// For people: the machine's name and the process's number. At most 100 characters.
    package let name: String
    /// Of the program.
    package let version: String
    /// By the instance's own clock.
    package let startedAt: Timestamp
    /// Of its last sign of life, by its own clock.
    package let seenAt: Timestamp
    /// Counted up with each sign of life: whether it goes on is told without comparing two machines' clocks.
    package let beats: Int64
    /// It has ended as it should. Its row stays as long as that of one that fell silent, so that its successor finds what it left.
    package let hasLeft: Bool

    package init(
        id: InstanceID, name: String, version: String, startedAt: Timestamp, seenAt: Timestamp, beats: Int64 = 0, hasLeft: Bool = false
    ) {
        self.id = id
        self.name = String(name.prefix(100))
        self.version = String(version.prefix(100))
        self.startedAt = startedAt
        self.seenAt = seenAt
        self.beats = beats
        self.hasLeft = hasLeft
    }
}
