extension String {
    /// As a JSON string with its quotes (RFC 8259 section 7): safe in one line and inside a `<script>`.
    package var jsonQuoted: String {
        var out: [UInt8] = [0x22]
        out.reserveCapacity(utf8.count + 2)
        for byte in utf8 {
            switch byte {
            case 0x22, 0x5C: out += [0x5C, byte]
            case 0x0A: out += [0x5C, 0x6E]
            case 0x0D: out += [0x5C, 0x72]
            case 0x09: out += [0x5C, 0x74]
            // "<" would let "</script>" end the element that carries the text; DEL and the rest confuse terminals.
            case 0x00..<0x20, 0x3C, 0x7F: out += Self.escape(byte)
            default: out.append(byte)
            }
        }
        out.append(0x22)
        return String(decoding: out, as: UTF8.self)
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        [0x5C, 0x75, 0x30, 0x30, hexadecimal(byte >> 4), hexadecimal(byte & 15)]
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? 0x30 + digit : 0x61 + digit - 10
    }
}
