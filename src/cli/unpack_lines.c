#include "cli/unpack.h"

#include "line/frame.h"

enum {
	BUFFER = 160 << 10
};

int unpack_lines(int fd, unpack_line_fn *each, void *arg)
{
	auto_free char *buffer = mem_new(1, BUFFER);
	struct frame_line line;
	struct unpack *unpack;
	struct frame frame;
	ssize_t n = 1;

	unpack_new(&unpack, fd);
	frame_init(&frame, buffer, BUFFER, 0);
	while (n > 0) {
		size_t room;
		char *to = frame_room(&frame, &room);

		n = unpack_read(unpack, to, room);
		if (n > 0)
			frame_add(&frame, (size_t)n);
		while (frame_next(&frame, &line))
			each(arg, line.text);
	}
	if (frame_last(&frame, &line))
		each(arg, line.text);
	unpack_free(&unpack);
	return (int)n;
}
