import Synchronization
package import Vocabulary

/// The name of one request in logs and answers.
package enum RequestID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let salt = UInt64.random(in: .min ... .max)
    private static let counter = Atomic<UInt64>(0)

    /// A new one of 13 characters: short enough that Swift stores it without an allocation.
    ///
    /// Nobody can guess it, but it is no secret: a keyed hash (SipHash, with the process's own key and a random number) of a counter, for
    /// asking the system for random bits is a call of the kernel for each request.
    package static func make() -> String {
        var bits = next()
        return String(unsafeUninitializedCapacity: 13) { buffer in
            for index in 0..<13 {
                buffer[index] = alphabet[Int(bits & 31)]
                bits >>= 5
            }
            return 13
        }
    }

    /// A new one that other books can use as their own: a ULID, which tells when the request came in.
    package static func makeLasting(at time: Timestamp) -> ULID {
        ULID(time: time, randomness: (UInt16(truncatingIfNeeded: next()), next()))
    }

    private static func next() -> UInt64 {
        var hasher = Hasher()
        hasher.combine(salt)
        hasher.combine(counter.wrappingAdd(1, ordering: .relaxed).newValue)
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }

    /// A client's own, when it has 1–64 characters that harm no log: letters, digits, `-`, `_`, `.`.
    package static func accepted(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isSafe) else { return nil }
        return text
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
