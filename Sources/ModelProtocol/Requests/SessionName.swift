/// The session of Claude Code inside `metadata.user_id`.
///
/// Two forms (observed): `user_<64 hex>_account_<uuid>_session_<uuid>`, and from 2.1.78 on a JSON text
/// `{"device_id","account_uuid","session_id"}`.
enum SessionName {
    private static let lengthLimit = 128

    static func inUserID(_ userID: String) -> String? {
        var userID = userID
        return userID.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return bytes.first == UInt8(ascii: "{") ? inJSON(bytes) : behindMark(bytes)
        }
    }

    private static func inJSON(_ bytes: UnsafeRawBufferPointer) -> String? {
        var cursor = JSONCursor(bytes)
        var found: String?
        do throws(JSONFault) {
            try cursor.enterObject()
            while let name = try cursor.nextName() {
                if cursor.says(name, "session_id") { found = try cursor.textValue(limit: lengthLimit) } else { try cursor.skip() }
            }
        } catch { return nil }
        return found.flatMap { isName($0.utf8) ? $0 : nil }
    }

    private static func behindMark(_ bytes: UnsafeRawBufferPointer) -> String? {
        let mark: StaticString = "_session_"
        let length = mark.utf8CodeUnitCount
        // The last one: what stands before is the client's own.
        for start in stride(from: bytes.count - length, through: 0, by: -1) where bytes.slice(start, start + length).equals(mark) {
            let name = bytes.slice(start + length, bytes.count)
            return isName(name) ? String(decoding: name, as: UTF8.self) : nil
        }
        return nil
    }

    private static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        (1...lengthLimit).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
