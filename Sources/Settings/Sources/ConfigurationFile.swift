import FoundationEssentials

/// A JSON object of settings: `{"HTTP_PORT": 8080}`, or nested, `{"http": {"port": 8080}}`.
enum ConfigurationFile {
    /// Objects within objects; deeper ones name no setting.
    private static let depth = 4

    static func read(_ text: String, file: String) -> SettingsSource {
        var source = SettingsSource()
        do {
            let root = try JSONDecoder().decode([String: Node].self, from: Data(text.utf8))
            add(root, path: [], to: &source, file: file)
        } catch {
            source.problems.append(.unreadable(place: .file(file), reason: "it must be one JSON object of settings"))
        }
        return source
    }

    private static func add(_ object: [String: Node], path: [String], to source: inout SettingsSource, file: String) {
        for (key, node) in object.sorted(by: { $0.key < $1.key }) {
            let written = (path + [key]).joined(separator: ".")
            switch node {
            case .nothing: continue
            case .value(let text):
                let name = (path + [key]).joined(separator: "_").uppercased().replacing("-", with: "_").replacing(".", with: "_")
                source.entries.append(SettingsSource.Entry(written: written, name: name, text: text, place: .file(file)))
            case .object(let inner) where path.count + 1 < depth:
                add(inner, path: path + [key], to: &source, file: file)
            case .object, .other:
                source.problems.append(.unreadable(place: .file(file), reason: "\(written) must be a text, a number, true or false"))
            }
        }
    }

    private indirect enum Node: Decodable {
        case nothing
        case value(String)
        case object([String: Node])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .nothing
            } else if let flag = try? container.decode(Bool.self) {
                self = .value("\(flag)")
            } else if let number = try? container.decode(Int64.self) {
                self = .value("\(number)")
            } else if let number = try? container.decode(Double.self) {
                self = .value("\(number)")
            } else if let text = try? container.decode(String.self) {
                self = .value(text)
            } else if let object = try? container.decode([String: Node].self) {
                self = .object(object)
            } else {
                self = .other
            }
        }
    }
}
