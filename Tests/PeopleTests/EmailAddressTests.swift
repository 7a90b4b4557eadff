import People
import Testing

struct EmailAddressTests {
    @Test(
        "two spellings of an address are one member",
        arguments: [
            ("ada@lantern.example", "ada@lantern.example"), ("  Ada@Lantern.EXAMPLE\n", "ada@lantern.example"),
            ("o'brien+desk@mail.lantern.example", "o'brien+desk@mail.lantern.example"), ("owner@localhost", "owner@localhost"),
        ])
    func folded(typed: String, text: String) {
        #expect(EmailAddress(typed)?.text == text)
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", "ada", "@", "ada@", "@lantern.example", "a@b@c", "ada@-lantern.example", "ada@lantern-.example", "ada@lantern..example",
            "ada@.example", "ada lovelace@lantern.example", "ada@lantern.example, bo@lantern.example", "<ada@lantern.example>",
            "ad\u{0}a@lantern.example", "ada@lantern.example\u{0}x", "\u{0430}da@lantern.example", "客服@lantern.example",
            String(repeating: "a", count: 65) + "@lantern.example", "a@" + String(repeating: "b", count: 64) + ".example",
            "a@" + String(repeating: "b.", count: 130) + "example", "a@b" + String(repeating: "e\u{301}", count: 500_000),
        ])
    func refused(typed: String) {
        #expect(EmailAddress(typed) == nil)
    }
}
