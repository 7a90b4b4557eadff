import Testing
import Vocabulary

@testable import People

struct PasswordRulesTests {
    private static let email = EmailAddress("lantern.keeper@lantern.example")

    @Test(
        "a long enough, unusual password is taken in any script",
        arguments: [
            "tangerine-moose-42", "correct horse battery", "灯笼照亮了整条小巷子呀", "🏮🌉🚲🎻🧭🪁🦉🌶️🧵🪴", "xK9#mQ2$vL",
            String(repeating: "klmno pq ", count: 22),
            "password manager made this one", "my summer in Lisbon 1998",
        ])
    func taken(password: String) {
        #expect(PasswordRules.fault(of: password, email: Self.email) == nil)
    }

    @Test(
        "length counts characters as people do, and bytes stop what hides in them",
        arguments: [
            ("", false), ("123456789", false), ("短短短短短短短短短", false), ("x7!kq92mz", false), ("x7!kq92mzp", true),
            (String(repeating: "xy7!k", count: 40), true), (String(repeating: "xy7!k", count: 40) + "z", false),
            ("o" + String(repeating: "\u{301}", count: 3_000) + "therwise fine", false),
        ])
    func length(password: String, fits: Bool) {
        #expect((PasswordRules.fault(of: password, email: nil) != .passwordLength) == fits)
    }

    @Test(
        "the e-mail address and its first part are no passwords",
        arguments: ["lantern.keeper@lantern.example", "Lantern.Keeper@LANTERN.example", "lantern.keeper", " LANTERN.KEEPER "])
    func email(password: String) {
        #expect(PasswordRules.fault(of: password, email: Self.email) == .passwordIsEmail)
    }

    @Test(
        "what everybody tries first is refused",
        arguments: [
            "1234567890", "0987654321", "12345678901234567890", "qwertyuiop", "poiuytrewq", "1qaz2wsx3edc", "q1w2e3r4t5y6", "1q2w3e4r5t",
            "aaaaaaaaaa", "ababababab", "abcabcabcabc", "1111111112", "password123", "Password2024!", "P@ssw0rd2024", "iloveyou123",
            "welcome12345",
            "administrator", "changeme!!", "letmein1234", "qwerty123456", "abc1234567", "a123456789", "123456789a", "woaini1314520",
            "5201314520",
            "correcthorsebatterystaple", "SWITCHBOARD1", "😀😀😀😀😀😀😀😀😀😀", "hahahahahahaha", "....................",
        ])
    func common(password: String) {
        #expect(PasswordRules.fault(of: password, email: Self.email) == .passwordCommon)
    }
}
