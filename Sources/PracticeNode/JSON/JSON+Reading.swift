import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat

extension JSON {
    /// Nil when the bytes are no JSON (or nested deeper than the decoder's 512).
    init?(_ bytes: ByteBuffer) {
        guard let value = try? JSONDecoder().decode(JSON.self, from: Data(buffer: bytes)) else { return nil }
        self = value
    }

    init?(_ text: String) {
        self.init(ByteBuffer(string: text))
    }
}

extension JSON: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Name.self) {
            // The decoder forgets the order.
            let names = container.allKeys.sorted { $0.stringValue < $1.stringValue }
            self = .object(try names.map { Member(name: $0.stringValue, value: try container.decode(JSON.self, forKey: $0)) })
        } else if var container = try? decoder.unkeyedContainer() {
            var items: [JSON] = []
            while !container.isAtEnd { items.append(try container.decode(JSON.self)) }
            self = .array(items)
        } else {
            self = try JSON(scalar: decoder.singleValueContainer())
        }
    }

    private init(scalar container: any SingleValueDecodingContainer) throws {
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }
}
