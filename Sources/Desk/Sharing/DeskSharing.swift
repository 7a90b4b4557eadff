package import Vocabulary

/// How a desk lives beside others on the same database. A process that is the only one needs none.
package struct DeskSharing: Sendable {
    /// This process among those that share the database.
    package let instance: InstanceID
    /// How often it looks by itself for what no hint told: rarely where a bus carries hints, each second where none does.
    package let looksEvery: Duration

    package init(instance: InstanceID, looksEvery: Duration = .seconds(10)) {
        self.instance = instance
        self.looksEvery = looksEvery
    }
}
