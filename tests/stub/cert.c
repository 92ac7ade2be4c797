/* stub-cert - a post's key and certificate: cert FOLDER HOST. */
#include "nats/cert.h"

int main(int argc, char **argv)
{
	return argc != 3 || cert_make(argv[1], argv[2]) < 0;
}
