import Gateway
import Vocabulary

// Absent, null and empty are three things: an absent field stays as it is, null takes away what may be absent, and empty is a value.

extension KeyedDecodingContainer {
    /// Nil when absent.
    /// - Throws: `DecodingError` for null, which this field can't be.
    func given<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value? {
        contains(key) ? try decode(type, forKey: key) : nil
    }

    /// `keep` when absent, nil for null.
    func edit<Value: Decodable & Hashable & Sendable>(_ key: Key, as type: Value.Type = Value.self) throws -> Edit<Value?> {
        contains(key) ? .set(try decodeIfPresent(type, forKey: key)) : .keep
    }

    /// The same of a credential.
    func editCredential(_ key: Key) throws -> Edit<NodeCredential?> {
        guard case .set(let text) = try edit(key, as: String.self) else { return .keep }
        return .set(text.map { NodeCredential(Secret($0)) })
    }

    /// The same of money.
    func editMoney(_ key: Key) throws -> Edit<Int64?> {
        guard case .set(let money) = try edit(key, as: Money.self) else { return .keep }
        return .set(money?.nano)
    }
}

/// Nano-dollars as JSON carries them: a string of an integer, because its numbers lose digits.
struct Money: Decodable, Hashable, Sendable {
    let nano: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        // Digits alone: Int64 would also take "+5".
        let isDigits = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isDigits, (1...20).contains(text.utf8.count), let nano = Int64(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an integer in a string")
        }
        self.nano = nano
    }
}
