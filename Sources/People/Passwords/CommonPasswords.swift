/// The first passwords that anybody tries, as a few patterns and words instead of a long list.
enum CommonPasswords {
    /// - Parameter folded: in lower case.
    static func contains(_ folded: String) -> Bool {
        let characters = Array(folded)
        return Set(characters).count <= 3 || repeatsBlock(characters) || isNumber(folded) || followsKeys(folded) || isWordWithTail(folded)
    }

    /// Telephone numbers and dates: ten digits are guessed in a breath.
    private static func isNumber(_ folded: String) -> Bool {
        folded.utf8.count < 16 && folded.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// `abcdabcdabcd`: a block of at most four, over and over.
    private static func repeatsBlock(_ characters: [Character]) -> Bool {
        (1...4).contains { size in zip(characters, characters.dropFirst(size)).allSatisfy(==) }
    }

    /// `1234567890`, `qwertyuiop`, `1qaz2wsx3edc`, backwards, and with up to three characters around it.
    private static func followsKeys(_ folded: String) -> Bool {
        (0...3).contains { first in
            (0...(3 - first)).contains { last in
                let inner = String(folded.dropFirst(first).dropLast(last))
                return runs.contains { $0.contains(inner) }
            }
        }
    }

    private static let runs: [String] = [
        "0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
        "qazwsxedcrfvtgbyhnujmikolp",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6g7h8i9j0",
        "1a2b3c4d5e6f7g8h9i0j",
        "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
    ].flatMap { [$0 + $0, String(($0 + $0).reversed())] }

    /// `password2024!`: a word that everybody takes, with digits and signs around it, some letters written as digits.
    private static func isWordWithTail(_ folded: String) -> Bool {
        let isLetter = { (character: Character) in character.isLetter }
        let bare = String(folded.drop { !$0.isLetter }.reversed().drop { !isLetter($0) }.reversed())
        return words.contains(bare) || words.contains(String(bare.map { digitLetters[$0] ?? $0 })) || words.contains(lettersOnly(folded))
    }

    private static func lettersOnly(_ folded: String) -> String {
        String(folded.map { digitLetters[$0] ?? $0 }.filter(\.isLetter))
    }

    private static let digitLetters: [Character: Character] = ["0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"]

    private static let words: Set<String> = [
        "password", "passwort", "motdepasse", "passwordpassword", "mypassword", "thepassword", "passphrase", "letmein", "letmeinletmein",
        "welcome",
        "iloveyou", "iloveu", "admin", "administrator", "adminadmin", "root", "rootroot", "superuser", "superman", "batman", "spiderman",
        "starwars",
        "pokemon", "minecraft", "football", "baseball", "basketball", "liverpool", "barcelona", "chelsea", "arsenal", "princess",
        "sunshine", "dragon",
        "monkey", "shadow", "master", "michael", "jennifer", "jordan", "charlie", "whatever", "trustno", "changeme", "changemenow",
        "default", "secret",
        "topsecret", "testtest", "test", "testing", "tester", "user", "username", "login", "guest", "hello", "helloworld", "computer",
        "internet",
        "samsung", "google", "facebook", "linkedin", "qwerty", "qwertyqwerty", "qwert", "asdf", "asdfgh", "asdfasdf", "zxcvbn", "qazwsx",
        "abcd",
        "abcde", "abcdef", "abcabc", "qweasd", "qweasdzxc", "woaini", "woaiwojia", "mima", "nihao", "shanghai",
        "beijing", "taobao", "weixin", "switchboard", "correcthorsebatterystaple", "summer", "winter", "spring", "autumn", "january",
        "december", "monday", "friday", "company", "office",
    ]
}
