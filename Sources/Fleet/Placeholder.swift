// The first real file takes this one's place.
