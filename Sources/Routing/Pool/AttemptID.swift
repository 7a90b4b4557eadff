/// One attempt that a pool has given out: what it ends by, once.
package struct AttemptID: Hashable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number
    }
}
