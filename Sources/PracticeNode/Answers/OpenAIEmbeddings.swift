import FoundationEssentials

/// `POST /v1/embeddings`: a vector that depends on the text only.
struct OpenAIEmbeddings: Sendable {
    func answer(_ asked: Asked) -> Answer {
        let input = asked.json["input"] ?? .null
        let texts = input.text.map { [$0] } ?? input.items.map { $0.text ?? $0.description }
        let dimensions = max(1, min(4_096, asked.json["dimensions"]?.count ?? 8))
        let isPacked = asked.json["encoding_format"]?.text == "base64"
        let data = texts.prefix(2_048).enumerated().map { index, text -> JSON in
            let vector = vector(text, dimensions)
            return [
                "object": "embedding", "index": .integer(index),
                "embedding": isPacked ? packed(vector) : .array(vector.map { .number(Double($0)) }),
            ]
        }
        let tokens = JSON.integer(texts.reduce(0) { $0 + $1.count })
        return Answer([
            "object": "list", "data": .array(data), "model": .string(asked.model),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ])
    }

    /// FNV-1a, stretched: multiples of 1/256 between −1 and 1, which every decimal and binary form keeps.
    private func vector(_ text: String, _ dimensions: Int) -> [Float] {
        var state = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return (0..<dimensions).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int(state >> 55) - 256) / 256
        }
    }

    private func packed(_ vector: [Float]) -> JSON {
        var bytes = Data()
        for value in vector {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return .string(bytes.base64EncodedString())
    }
}
