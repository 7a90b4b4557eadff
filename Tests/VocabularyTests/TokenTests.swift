import Testing
import TestSupport
import Vocabulary

@Suite("Tokens, base64url and secrets")
struct TokenTests {
    @Test(
        "the vectors of RFC 4648 section 10, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test("the two letters that differ from plain base64 are - and _")
    func urlLetters() {
        #expect(Base64URL.encode([0xFB, 0xFF, 0xFE]) == "-__-")
    }

    @Test("any bytes come back")
    func roundTrip() {
        var random = SeededRandom(seed: 2)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test(
        "what encode does not write is refused", arguments: ["A", "AAAAA", "Zh", "Zm9", "Zg==", "Zm+v", "Zm/v", " Zm9v", "Zm9v\n", "Zm9v中"])
    func refused(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("a token has 256 bits and is stored as its digest")
    func token() {
        let token = Token.make()
        #expect(token.text.reveal().utf8.count == 43)
        #expect(Base64URL.decode(token.text.reveal())?.count == 32)
        #expect(token.digest.count == 32)
        #expect(Token.digest(of: token.text.reveal()) == token.digest)
        #expect(Token.make().digest != token.digest)
    }

    @Test("the digest is SHA-256")
    func digest() {
        // FIPS 180-2, "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Token.digest(of: "abc").map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }

    @Test("a secret can't be printed, interpolated, dumped or reflected")
    func secret() {
        let secret = Secret("open sesame")
        var dumped = ""
        dump(["key": secret], to: &dumped)
        for text in [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\(Optional(secret) as Any)", dumped,
        ] {
            #expect(!text.contains("sesame"))
            #expect(text.contains("•••"))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(secret.reveal() == "open sesame")
    }
}
