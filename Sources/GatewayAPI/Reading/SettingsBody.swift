/// Settings by name; null goes back to what counts without the console.
struct SettingsBody: Decodable {
    let values: [String: String?]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Name.self)
        var values: [String: String?] = [:]
        for name in fields.allKeys { values.updateValue(try fields.decodeIfPresent(String.self, forKey: name), forKey: name.stringValue) }
        self.values = values
    }
}
