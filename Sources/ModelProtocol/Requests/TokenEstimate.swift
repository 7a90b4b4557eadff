/// A guess of the tokens that a body will count, for limits and reservations only, which are put right by what was used. Never for bills.
///
/// 3.5 bytes of ASCII a token (vendors say four for English; JSON, code and newer tokenizers take more), two bytes of other scripts (a
/// Chinese character is three bytes and about 1.3 tokens), 1,600 an image (vendor's maximum) or document, and one for 1,000 bytes of it.
package enum TokenEstimate {
    /// Tokens of a whole request body, at least 1. `scan` tells which bytes are media; without one all count as text.
    package static func inputTokens(of body: UnsafeRawBufferPointer, scan: RequestScan?) -> Int {
        let other = countNonASCII(body)
        let media = min(scan?.mediaBytes ?? 0, body.count)
        let text = max(0, body.count - other - media)
        return max(1, text * 2 / 7 + other / 2 + media / 1_000 + (scan?.mediaCount ?? 0) * 1_600)
    }

    private static func countNonASCII(_ body: UnsafeRawBufferPointer) -> Int {
        var count = 0
        var at = 0
        while let word = body.word(at: at) {
            count &+= ByteWord.countNonASCII(word)
            at &+= 8
        }
        while at < body.count {
            if body[at] >= 0x80 { count &+= 1 }
            at &+= 1
        }
        return count
    }
}
