/// A body in three pieces, of which only the middle one is new: prompt caches and signed thinking break when anything else changes.
package struct ModelSplice: Hashable, Sendable {
    /// Of the received body: everything before the model's name.
    package let prefix: Range<Int>
    /// The new name as a JSON string, quotes included.
    package let replacement: [UInt8]
    /// Of the received body: everything after the model's name.
    package let suffix: Range<Int>

    /// Length of the whole new body, in bytes.
    package var count: Int { prefix.count + replacement.count + suffix.count }
}

extension RequestScan {
    /// The pieces of the body with another model's name in it. `bodyCount` is the length of the scanned body, in bytes.
    package func splice(model name: String, bodyCount: Int) -> ModelSplice {
        let lower = min(modelRange.lowerBound, bodyCount)
        let upper = min(modelRange.upperBound, bodyCount)
        return ModelSplice(prefix: 0..<lower, replacement: JSONText.quoted(name), suffix: upper..<bodyCount)
    }
}
