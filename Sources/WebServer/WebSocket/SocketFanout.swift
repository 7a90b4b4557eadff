import NIOCore

/// A group of sockets that get the same frames: one hop per event loop, however many they are.
package struct SocketFanout: Sendable {
    private struct Share: Sendable {
        let eventLoop: any EventLoop
        var sockets: [Socket]
    }

    private var shares: [Share] = []

    package init(_ sockets: [Socket] = []) {
        var places: [ObjectIdentifier: Int] = [:]
        for socket in sockets {
            if let place = places[ObjectIdentifier(socket.eventLoop)], shares.indices.contains(place) {
                shares[place].sockets.append(socket)
            } else {
                places[ObjectIdentifier(socket.eventLoop)] = shares.count
                shares.append(Share(eventLoop: socket.eventLoop, sockets: [socket]))
            }
        }
    }

    /// Every frame to every socket, in order. Returns at once.
    package func send(_ frames: [SocketFrame], lane: Socket.Lane = .durable) {
        for share in shares {
            share.eventLoop.execute {
                for socket in share.sockets {
                    for frame in frames { socket.sendNow(frame, lane: lane) }
                }
            }
        }
    }

    /// Every frame to every socket, without keeping the grouping.
    package static func send(_ frames: [SocketFrame], to sockets: [Socket], lane: Socket.Lane = .durable) {
        SocketFanout(sockets).send(frames, lane: lane)
    }
}
