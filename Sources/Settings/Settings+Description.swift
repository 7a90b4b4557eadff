import Vocabulary

/// The languages of a listing.
package enum SettingsLanguage: String, CaseIterable, Sendable {
    case english = "en"
    case chinese = "zh"
}

/// Outside text in a message or a table.
enum SettingsText {
    /// One line, clipped, without anything that moves a terminal's cursor.
    static func shown(_ text: String) -> String {
        String(text.clipped(to: 80).unicodeScalars.map { $0.properties.generalCategory == .control ? "·" : Character($0) })
    }
}

extension Settings {
    /// A table for people: key, value, origin and meaning. Secrets read `•••`.
    package func describe(in language: SettingsLanguage = .english) -> String {
        let rows = resolved.map { [$0.declaration.name, $0.shown, $0.origin.description, $0.declaration.meaning.text(in: language)] }
        let titles = language == .english ? ["KEY", "VALUE", "ORIGIN", "MEANING"] : ["键", "值", "来源", "含义"]
        return Self.table([titles] + rows)
    }

    /// The same as a JSON array, a key a line.
    package func describeAsJSON() -> String {
        "[\n" + resolved.map { "  " + $0.json }.joined(separator: ",\n") + "\n]"
    }

    private static func table(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if widths.indices.contains(column) { widths[column] = max(widths[column], cell.count) } else { widths.append(cell.count) }
            }
        }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: max(0, width - cell.count)) }.joined(separator: "  ")
                .trimmed
        }.joined(separator: "\n")
    }
}

extension Settings.Resolved {
    fileprivate var shown: String {
        if stored.text.isEmpty { return "–" }
        return declaration.isSecret ? Secret(stored.text).description : SettingsText.shown(stored.text)
    }

    fileprivate var json: String {
        let value = declaration.isSecret && !stored.text.isEmpty ? Secret(stored.text).description : stored.text
        let members: [(String, String)] = [
            ("key", declaration.name.jsonQuoted), ("value", value.jsonQuoted), ("origin", origin.description.jsonQuoted),
            ("default", declaration.standard.text.jsonQuoted), ("accepted", declaration.accepted.jsonQuoted),
            ("secret", "\(declaration.isSecret)"),
            ("meaning", "{\"en\": \(declaration.meaning.english.jsonQuoted), \"zh\": \(declaration.meaning.chinese.jsonQuoted)}"),
        ]
        return "{" + members.map { "\($0.jsonQuoted): \($1)" }.joined(separator: ", ") + "}"
    }
}

extension Meaning {
    func text(in language: SettingsLanguage) -> String {
        language == .english ? english : chinese
    }
}
