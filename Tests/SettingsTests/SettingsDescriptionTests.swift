import Foundation
import Settings
import Testing
import TestSupport
import Vocabulary

@Suite("switchboard config")
struct SettingsDescriptionTests {
    private let settings: Settings

    init() throws {
        let environment = ["HTTP_PORT": "81", "SETUP_KEY": "open sesame", "DATA_DIR": "a\u{1B}[31m\nb"]
        let directory = try TemporaryDirectory()
        settings = try Settings.load(
            catalogue: Keys.catalogue, flags: ["--site-name=客服"], environment: environment, directory: directory.path)
    }

    @Test("lists every key with value, origin and meaning, a line each")
    func table() {
        let lines = settings.describe().split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        #expect(lines.count == Keys.catalogue.declarations.count + 1)
        #expect(lines[0] == ["KEY", "VALUE", "ORIGIN", "MEANING"])
        #expect(lines[1] == ["HTTP_PORT", "81", "environment", "what", "it", "is", "for"])
        #expect(lines.contains { $0.starts(with: ["SITE_NAME", "客服", "flag"]) })
        #expect(lines.contains { $0.starts(with: ["TLS_CERT_FILE", "–", "default"]) })
        #expect(settings.describe(in: .chinese).contains("用途"))
    }

    @Test("shows no secret and lets no value steer the terminal")
    func safe() {
        for text in [settings.describe(), settings.describe(in: .chinese), settings.describeAsJSON(), "\(settings)"] {
            #expect(!text.contains("sesame"))
            #expect(!text.contains("\u{1B}"))
        }
        #expect(settings.describe().contains("•••"))
        #expect(settings[Keys.key]?.reveal() == "open sesame")
    }

    @Test("is JSON on request")
    func json() throws {
        struct Entry: Decodable {
            let key: String, value: String, origin: String, `default`: String, secret: Bool, meaning: [String: String]
        }
        let entries = try JSONDecoder().decode([Entry].self, from: Data(settings.describeAsJSON().utf8))
        #expect(entries.map(\.key) == Keys.catalogue.declarations.map(\.name))
        let port = try #require(entries.first)
        #expect(port.value == "81" && port.origin == "environment" && port.default == "8080" && port.meaning["zh"] == "用途")
        #expect(entries.first { $0.secret }?.value == "•••")
        #expect(entries.first { $0.key == "DATA_DIR" }?.value == "a\u{1B}[31m\nb")
    }
}
