import Settings
import Testing
import TestSupport
import Vocabulary

@Suite("What settings take")
struct SettingValueTests {
    @Test(
        "whole numbers and ports within their limits",
        arguments: [
            ("1", 1), (" 64\n", 64), ("0", nil), ("65", nil), ("", nil), ("1.5", nil), ("99999999999999999999", nil), ("４", nil),
            ("-1", nil),
        ])
    func integers(text: String, value: Int?) {
        #expect(accepted(Keys.workers, text) == (value != nil))
    }

    @Test("ports", arguments: [("0", true), ("65535", true), ("65536", false), ("-1", false), ("http", false), ("8080 ", true)])
    func ports(text: String, isAccepted: Bool) {
        #expect(accepted(Keys.port, text) == isAccepted)
    }

    @Test(
        "yes and no in the usual words",
        arguments: [("TRUE", "true"), ("on", "true"), ("1", "true"), ("No", "false"), ("off", "false"), ("0", "false")])
    func switches(text: String, written: String) {
        #expect(Keys.plain.read(text)?.text == written)
        #expect(Keys.plain.read(text + "x") == nil)
    }

    @Test(
        "times with their units, written back in the largest",
        arguments: [
            ("1500ms", "1s500ms"), ("90s", "1m30s"), ("1h30m", "1h30m"), ("24h", "1d"), ("5M", "5m"), ("60", nil), ("1x", nil), ("s", nil),
            ("-5s", nil),
            ("1.5s", nil), ("500ms", nil), ("2d", nil), ("99999999999999999999s", nil), ("9223372036854775807d", nil),
            ("9223372036854775807ms9223372036854775807ms", nil), ("５s", nil), ("", nil),
        ])
    func durations(text: String, written: String?) {
        #expect(Keys.idle.read(text)?.text == written)
    }

    @Test(
        "a choice is one of its names, in either case",
        arguments: [("files", "files"), ("Self-Signed", "self-signed"), ("self", nil), ("", nil)])
    func choices(text: String, written: String?) {
        #expect(Keys.mode.read(text)?.text == written)
    }

    @Test("a text is one line and counts characters, not bytes")
    func texts() {
        #expect(accepted(Keys.name, "客服客服客服客服客服"))
        #expect(!accepted(Keys.name, "客服客服客服客服客服客"))
        #expect(accepted(Keys.name, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"))
        #expect(!accepted(Keys.name, "a\nb"))
        #expect(!accepted(Keys.name, "a\u{1B}b"))
    }

    @Test("a path is anything but nothing and NUL; what may be left out may be empty")
    func paths() {
        #expect(accepted(Keys.data, "/srv/客服 data"))
        #expect(!accepted(Keys.data, ""))
        #expect(!accepted(Keys.data, "a\u{0}b"))
        #expect(accepted(Keys.certificate, ""))
        #expect(!accepted(Keys.certificate, "a\u{0}b"))
    }

    private func accepted(_ key: any SettingDeclaration, _ text: String) -> Bool { key.read(text) != nil }
}
