/// Finds the input that kills: the same bytes were in flight in several deaths.
///
/// One common death is chance (a busy server has many requests in flight), so a suspect must have been there in the newest death and in at
/// least one other; and what was there when nothing died is no suspect at all, which the caller can't know: quarantine only holds the
/// input back, it does not punish its sender.
package enum Poison {
    /// - Parameters:
    ///   - deaths: the fingerprints in flight at each of the last deaths, the newest first; 0 stands for none.
    ///   - least: in how many of them, the newest included, an input must have been; at least 2.
    /// - Returns: the likeliest first: who was there most often, then who was in the smallest company.
    package static func suspects(in deaths: [[UInt64]], least: Int = 2) -> [UInt64] {
        guard let newest = deaths.first, deaths.count >= 2 else { return [] }
        let present = Set(newest).subtracting([0])
        var times: [UInt64: Int] = [:]
        var company: [UInt64: Int] = [:]
        for death in deaths.prefix(50) {
            let inFlight = Set(death)
            for one in present where inFlight.contains(one) {
                times[one, default: 0] += 1
                company[one] = min(company[one] ?? .max, inFlight.count)
            }
        }
        let suspects = present.filter { (times[$0] ?? 0) >= max(2, least) }
        return suspects.sorted { left, right in
            let (many, few) = (times[left] ?? 0, times[right] ?? 0)
            if many != few { return many > few }
            let (narrow, wide) = (company[left] ?? 0, company[right] ?? 0)
            return narrow == wide ? left < right : narrow < wide
        }
    }
}
